-- Sheets in other languages and in large print. Where everything stands on them is frozen as on the first one, Polish in
-- normal print, which stays in versions.sheet.

-- +goose Up
CREATE TABLE version_sheets (
    tenant_id  bigint NOT NULL,
    version_id bigint NOT NULL,
    format     text NOT NULL CHECK (format ~ '^[B-Z]$'), -- letter of the codes on its sheets
    layout     jsonb NOT NULL, -- sheet.Layout
    PRIMARY KEY (tenant_id, version_id, format),
    FOREIGN KEY (tenant_id, version_id) REFERENCES versions (tenant_id, id)
);

ALTER TABLE version_sheets ENABLE ROW LEVEL SECURITY;
ALTER TABLE version_sheets FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON version_sheets TO ocena_app, ocena_operator
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT ON version_sheets TO ocena_app;
GRANT INSERT ON version_sheets TO ocena_operator; -- with the office's first version

CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON version_sheets FOR EACH ROW EXECUTE FUNCTION refuse_change();
