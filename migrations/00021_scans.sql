-- Scanned paper: stacks, the files that were sent, their pages, the sheets that pages make up, what was read, and what
-- people decided. Pictures and files are erased; what is left of a stack then are counts.

-- +goose Up
CREATE TABLE scan_settings (
    tenant_id  bigint PRIMARY KEY REFERENCES tenants,
    keep_days  integer NOT NULL CHECK (keep_days BETWEEN 0 AND 90), -- how long scans stay after approval
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL
);

-- A stack of paper that is scanned together; its sheets may be of several versions.
CREATE TABLE scan_batches (
    tenant_id        bigint NOT NULL REFERENCES tenants,
    id               bigint GENERATED ALWAYS AS IDENTITY,
    service_point_id bigint,
    day              date NOT NULL,
    issued           integer CHECK (issued >= 0),
    returned         integer CHECK (returned >= 0),
    state            text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'approving', 'approved', 'abandoned')),
    opened_by        text NOT NULL,
    opened_at        timestamptz NOT NULL,
    approved_by      text,
    approved_at      timestamptz,
    touched_at       timestamptz NOT NULL, -- last time that somebody worked on it
    erased_at        timestamptz,          -- files, pictures and readings are gone
    audited          integer NOT NULL DEFAULT 0, -- kept of the blind audit when the readings go
    audited_wrong    integer NOT NULL DEFAULT 0,
    lease            uuid,
    lease_until      timestamptz, -- approving: whoever stores its sheets holds it until then
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, service_point_id) REFERENCES service_points (tenant_id, id),
    CHECK (returned <= issued)
);
CREATE INDEX scan_batches_work ON scan_batches (tenant_id) WHERE state = 'approving';

CREATE TABLE scan_files (
    tenant_id   bigint NOT NULL,
    id          bigint GENERATED ALWAYS AS IDENTITY,
    batch_id    bigint NOT NULL,
    name        text NOT NULL,
    size        bigint NOT NULL CHECK (size >= 0),
    sha256      bytea CHECK (length(sha256) = 32), -- NULL: not all of it is here
    state       text NOT NULL DEFAULT 'sending' CHECK (state IN ('sending', 'waiting', 'reading', 'read', 'failed', 'cancelled', 'repeated')),
    reason      text NOT NULL DEFAULT '',
    pages       integer NOT NULL DEFAULT 0, -- that it has; 0: not known yet
    tries       integer NOT NULL DEFAULT 0, -- to read the page that is next
    sent_by     text NOT NULL,
    sent_at     timestamptz NOT NULL,
    lease       uuid,
    lease_until timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, batch_id) REFERENCES scan_batches (tenant_id, id)
);
-- The same file twice is one file.
CREATE UNIQUE INDEX scan_files_once ON scan_files (tenant_id, sha256) WHERE state NOT IN ('cancelled', 'repeated', 'failed');
CREATE INDEX scan_files_batch ON scan_files (tenant_id, batch_id);
CREATE INDEX scan_files_work ON scan_files (tenant_id) WHERE state IN ('waiting', 'reading');

-- A file in pieces, so that no process ever holds it as one value.
CREATE TABLE scan_parts (
    tenant_id bigint NOT NULL,
    file_id   bigint NOT NULL,
    number    integer NOT NULL CHECK (number >= 0),
    content   bytea NOT NULL CHECK (length(content) BETWEEN 1 AND 1048576),
    PRIMARY KEY (tenant_id, file_id, number),
    FOREIGN KEY (tenant_id, file_id) REFERENCES scan_files (tenant_id, id)
);
ALTER TABLE scan_parts ALTER COLUMN content SET STORAGE EXTERNAL; -- compressed already

CREATE TABLE scan_sheets (
    tenant_id     bigint NOT NULL,
    id            bigint GENERATED ALWAYS AS IDENTITY,
    batch_id      bigint NOT NULL,
    version_id    bigint NOT NULL,
    serial        bigint, -- NULL: typed by hand without a code
    pages         integer NOT NULL CHECK (pages > 0), -- that it has
    state         text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'approved', 'blank', 'rejected', 'duplicate')),
    accepted      boolean NOT NULL DEFAULT false, -- as it is, though a page is missing
    fault         text NOT NULL DEFAULT '', -- field whose answers contradict each other
    submission_id uuid, -- given at approval
    into_batch    bigint,
    number        integer,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, batch_id) REFERENCES scan_batches (tenant_id, id),
    FOREIGN KEY (tenant_id, version_id) REFERENCES versions (tenant_id, id),
    FOREIGN KEY (tenant_id, into_batch) REFERENCES batches (tenant_id, id)
);
CREATE UNIQUE INDEX scan_sheets_once ON scan_sheets (tenant_id, serial) WHERE state IN ('open', 'approved', 'blank');
CREATE INDEX scan_sheets_batch ON scan_sheets (tenant_id, batch_id);

CREATE TABLE scan_pages (
    tenant_id    bigint NOT NULL,
    id           bigint GENERATED ALWAYS AS IDENTITY,
    batch_id     bigint NOT NULL,
    file_id      bigint NOT NULL,
    number       integer NOT NULL CHECK (number > 0), -- in its file
    state        text NOT NULL CHECK (state IN ('read', 'needs_check', 'not_located', 'foreign', 'duplicate', 'unsupported')),
    reason       text NOT NULL DEFAULT '',
    settled      text NOT NULL DEFAULT '' CHECK (settled IN ('', 'blank', 'rejected', 'typed')), -- what became of a page that was not located
    by_hand      boolean NOT NULL DEFAULT false, -- a person told where or what it is; no reading comes over that
    algorithm    integer NOT NULL DEFAULT 0,
    sheet_id     bigint,
    sheet_page   integer NOT NULL DEFAULT 0,
    serial       bigint NOT NULL DEFAULT 0,
    sheet_key    bytea, -- of the sheet by its code, whosever it is: pages of one are counted once. NULL: no code was read
    milliseconds integer NOT NULL DEFAULT 0,
    reading      jsonb, -- omr.Page; NULL: erased, or there is none
    picture      bytea, -- NULL: erased, or there is none
    kind         text NOT NULL DEFAULT '' CHECK (kind IN ('', 'image/jpeg', 'image/png')),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, file_id, number),
    FOREIGN KEY (tenant_id, batch_id) REFERENCES scan_batches (tenant_id, id),
    FOREIGN KEY (tenant_id, file_id) REFERENCES scan_files (tenant_id, id),
    FOREIGN KEY (tenant_id, sheet_id) REFERENCES scan_sheets (tenant_id, id)
);
ALTER TABLE scan_pages ALTER COLUMN picture SET STORAGE EXTERNAL;
CREATE INDEX scan_pages_batch ON scan_pages (tenant_id, batch_id);
CREATE INDEX scan_pages_sheet ON scan_pages (tenant_id, sheet_id);

-- What was read: a row for each field of the form that a page holds.
CREATE TABLE scan_questions (
    tenant_id   bigint NOT NULL,
    id          bigint GENERATED ALWAYS AS IDENTITY,
    batch_id    bigint NOT NULL,
    sheet_id    bigint NOT NULL,
    page_id     bigint NOT NULL,
    field       text NOT NULL, -- survey.Slot.Field, or key.option of a text
    kind        text NOT NULL CHECK (kind IN ('one', 'many', 'number', 'text')),
    proposal    text[] NOT NULL,
    flagged     boolean NOT NULL,
    reason      text NOT NULL DEFAULT '',
    audit       boolean NOT NULL DEFAULT false, -- not flagged, and asked all the same
    lease_by    text NOT NULL DEFAULT '',
    lease_until timestamptz,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, sheet_id, field),
    FOREIGN KEY (tenant_id, batch_id) REFERENCES scan_batches (tenant_id, id),
    FOREIGN KEY (tenant_id, sheet_id) REFERENCES scan_sheets (tenant_id, id),
    FOREIGN KEY (tenant_id, page_id) REFERENCES scan_pages (tenant_id, id)
);
CREATE INDEX scan_questions_asked ON scan_questions (tenant_id, batch_id) WHERE flagged OR audit;

-- What people decided, apart from what was read, so that no reading ever comes over it.
CREATE TABLE scan_decisions (
    tenant_id  bigint NOT NULL,
    sheet_id   bigint NOT NULL,
    field      text NOT NULL,
    value      text[] NOT NULL, -- empty: nothing was answered
    decided_by text NOT NULL,
    decided_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, sheet_id, field),
    FOREIGN KEY (tenant_id, sheet_id) REFERENCES scan_sheets (tenant_id, id)
);

-- The sheets of a scanned stack go into batches like typed ones, one a version; nobody types into these.
ALTER TABLE batches ADD COLUMN scan_batch_id bigint;
ALTER TABLE batches ADD FOREIGN KEY (tenant_id, scan_batch_id) REFERENCES scan_batches (tenant_id, id);

-- +goose StatementBegin
DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['scan_settings', 'scan_batches', 'scan_files', 'scan_parts', 'scan_sheets', 'scan_pages', 'scan_questions', 'scan_decisions'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY tenant ON %I TO ocena_app USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant())', t);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO ocena_app', t);
    END LOOP;
END
$$;
-- +goose StatementEnd
-- Which offices have something to be read, stored or erased; not what.
CREATE POLICY work ON scan_batches FOR SELECT TO ocena_operator USING (true);
CREATE POLICY work ON scan_files FOR SELECT TO ocena_operator USING (true);
GRANT SELECT (tenant_id, state, lease_until, touched_at, erased_at) ON scan_batches TO ocena_operator;
GRANT SELECT (tenant_id, state, lease_until) ON scan_files TO ocena_operator;
