-- Who changed what, as every service tells it. Rows are added and never touched again: both engines refuse.
CREATE TABLE audit_records (
    id {{text}} PRIMARY KEY,
    at BIGINT NOT NULL,
    service TEXT NOT NULL,
    actor TEXT NOT NULL,
    client TEXT,
    request_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    action TEXT NOT NULL,
    resource TEXT NOT NULL,
    label TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL
);
CREATE INDEX audit_records_at ON audit_records (at, id);
CREATE INDEX audit_records_actor ON audit_records (actor, at, id);
CREATE INDEX audit_records_kind ON audit_records (kind, at, id);
CREATE INDEX audit_records_resource ON audit_records (resource, at, id);
{{append_only audit_records}}
