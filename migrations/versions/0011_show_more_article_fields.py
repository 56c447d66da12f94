"""Show section, tags and the leading image in the view v_articles.

Why: these fields were stored, but no view had them.
Locks: the view for a moment; no table is rewritten.
The running daemon: can continue.
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

COLUMNS = """
select 'a' || to_hex(a.id) as id, o.name as outlet, a.url, a.canonical_url,
       r.headline, r.lead, t.body, r.language, r.authors, r.date_published, r.date_modified,
       a.first_captured_at, 's' || to_hex(a.story_id) as story_id, a.flags,
       r.number as revisions, t.words
"""
MORE_COLUMNS = """
     , d.fields #>> '{section}' as section, array(select jsonb_array_elements_text(d.fields #> '{tags}')) as tags,
       d.fields #>> '{image,url}' as image_url, d.fields #>> '{image,caption}' as image_caption,
       d.fields #>> '{image,credit}' as image_credit
"""
TABLES = """
from articles a
join outlets o on o.id = a.outlet_id
join revisions r on r.id = a.revision_id
join texts t on t.digest = r.text_digest
"""
READINGS = "left join readings d on d.id = r.reading_id"


def upgrade() -> None:
    op.execute("drop view v_articles")
    op.execute("create view v_articles as" + COLUMNS + MORE_COLUMNS + TABLES + READINGS)


def downgrade() -> None:
    op.execute("drop view v_articles")
    op.execute("create view v_articles as" + COLUMNS + TABLES)
