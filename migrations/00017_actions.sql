-- The register of corrective actions (standards of kontrola zarządcza): finding → cause → action → owner → due → effect,
-- and the supervisor's sign-offs, which are records of their own and only ever added.

-- +goose Up
CREATE TABLE actions (
    tenant_id        bigint NOT NULL REFERENCES tenants,
    id               bigint GENERATED ALWAYS AS IDENTITY,
    number           integer NOT NULL CHECK (number > 0), -- 1, 2, 3 … within the office
    form_key         uuid NOT NULL, -- of the form that it was added by, so that one sent twice adds one
    report           integer, -- number of the report that it was found in; NULL: none
    finding          text NOT NULL CHECK (finding <> ''),
    cause            text NOT NULL DEFAULT '',
    action           text NOT NULL CHECK (action <> ''),
    owner            text NOT NULL CHECK (owner <> ''),
    department       text NOT NULL DEFAULT '',
    due              date NOT NULL,
    status           text NOT NULL CHECK (status IN ('planned', 'under_way', 'done', 'effective', 'failed', 'dropped')),
    done_on          date CHECK ((done_on IS NOT NULL) = (status IN ('done', 'effective', 'failed'))),
    check_how        text NOT NULL DEFAULT '',
    measure_question text NOT NULL DEFAULT '', -- '': no figure
    measure_row      text NOT NULL DEFAULT '',
    measure_area     text NOT NULL DEFAULT '',
    published        boolean NOT NULL DEFAULT false,
    public_text      text NOT NULL DEFAULT '',
    revision         integer NOT NULL DEFAULT 1, -- raised by each change; an edit names the one it began with
    changed_in       integer NOT NULL DEFAULT 1 CHECK (changed_in <= revision), -- the revision of the last change of more than its publication
    updated_at       timestamptz NOT NULL,
    updated_by       text NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, number),
    UNIQUE (tenant_id, form_key),
    FOREIGN KEY (tenant_id, report) REFERENCES reports (tenant_id, number),
    CHECK (NOT published OR public_text <> '')
);
CREATE TABLE action_signoffs (
    tenant_id bigint NOT NULL,
    action_id bigint NOT NULL,
    revision  integer NOT NULL, -- of the action as the supervisor saw it
    note      text NOT NULL DEFAULT '',
    signed_by text NOT NULL, -- an account's login
    signed_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, action_id, revision),
    FOREIGN KEY (tenant_id, action_id) REFERENCES actions (tenant_id, id)
);

ALTER TABLE actions ENABLE ROW LEVEL SECURITY;
ALTER TABLE actions FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON actions TO ocena_app
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
ALTER TABLE action_signoffs ENABLE ROW LEVEL SECURITY;
ALTER TABLE action_signoffs FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON action_signoffs TO ocena_app
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());

GRANT SELECT, INSERT, UPDATE ON actions TO ocena_app;
GRANT SELECT, INSERT ON action_signoffs TO ocena_app;

CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON action_signoffs FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- Residents' pages keep what is published in memory.
CREATE TRIGGER notify_directory AFTER UPDATE ON actions FOR EACH ROW WHEN (OLD.published OR NEW.published) EXECUTE FUNCTION notify_directory();
