-- Exports of single submissions for the office's own staff: who asked for what, and how far it is. The file itself lies
-- on disk for a day; this row says what became of it.

-- +goose Up
CREATE TABLE export_jobs (
    tenant_id   bigint NOT NULL REFERENCES tenants,
    id          bigint GENERATED ALWAYS AS IDENTITY,
    file        text NOT NULL CHECK (length(file) = 32), -- random: its name on disk, which no other row or database has
    format      text NOT NULL CHECK (format IN ('xlsx', 'csv', 'report')),
    filter      jsonb NOT NULL,
    state       text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'ready', 'cancelled', 'failed', 'broken')),
    rows        bigint NOT NULL DEFAULT 0 CHECK (rows >= 0),  -- written so far
    total       bigint NOT NULL CHECK (total >= 0),           -- submissions of the filter when it was asked for
    bytes       bigint NOT NULL DEFAULT 0 CHECK (bytes >= 0), -- of the file, once it is ready
    created_at  timestamptz NOT NULL,
    created_by  text NOT NULL,
    beat_at     timestamptz NOT NULL, -- when whoever writes it last said so
    finished_at timestamptz,
    PRIMARY KEY (tenant_id, id)
);
-- An office writes one at a time.
CREATE UNIQUE INDEX export_jobs_running ON export_jobs (tenant_id) WHERE state = 'running';
ALTER TABLE export_jobs ENABLE ROW LEVEL SECURITY;
ALTER TABLE export_jobs FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON export_jobs TO ocena_app
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT ON export_jobs TO ocena_app;
GRANT UPDATE (state, rows, bytes, beat_at, finished_at) ON export_jobs TO ocena_app;
