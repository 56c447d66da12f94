"""Backups: database, captures and configuration in a folder or an object store, and the way back.

    TO/backups/NAME/manifest.json      written last: it makes the backup
    TO/backups/NAME/database.sql.gz    pg_dump's plain SQL
    TO/backups/NAME/outlets.toml, newskeep.toml
    TO/captures/FILE.OFFSET-DIGEST.warc.gz

A capture file only grows. Each backup adds what is new in it as one part; the parts of a file, one after the other, are
the file. No part is ever changed, so backups share them, and a killed backup leaves all former ones whole. The database
is copied first: every row of the copy finds its record in the captures that are copied afterwards.
"""
