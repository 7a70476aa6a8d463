-- Who changed what in a questionnaire's draft, so that nobody overwrites another's edit unseen, and an edit can be
-- undone. Kept for a month; what was published stays in versions for ever.

-- +goose Up
CREATE TABLE draft_edits (
    tenant_id        bigint NOT NULL,
    questionnaire_id bigint NOT NULL,
    revision         integer NOT NULL, -- of the draft after the edit
    at               timestamptz NOT NULL,
    actor            text NOT NULL,
    action           text NOT NULL,
    target           text NOT NULL, -- key of the question or section; '': the whole
    before           jsonb NOT NULL, -- the draft before the edit
    undone           boolean NOT NULL DEFAULT false,
    PRIMARY KEY (tenant_id, questionnaire_id, revision),
    FOREIGN KEY (tenant_id, questionnaire_id) REFERENCES questionnaires (tenant_id, id)
);
ALTER TABLE draft_edits ENABLE ROW LEVEL SECURITY;
ALTER TABLE draft_edits FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON draft_edits TO ocena_app
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT, UPDATE, DELETE ON draft_edits TO ocena_app;
