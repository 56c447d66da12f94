"""What stands between the untrusted web and the crawler: the address guard, and reasons for failed fetches."""
