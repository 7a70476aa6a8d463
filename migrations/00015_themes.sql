-- Themes: an office's own tags on remarks, to read them by and to count them. They stay in the office: no report and no
-- public page tells them. A theme hangs on the remark's key, and goes with it.

-- +goose Up
CREATE TABLE themes (
    tenant_id bigint NOT NULL REFERENCES tenants,
    id        bigint GENERATED ALWAYS AS IDENTITY,
    name      text NOT NULL,
    folded    text NOT NULL, -- survey.Fold of the name: „Kolejki” and „kolejki” are one theme
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, folded)
);
ALTER TABLE themes ENABLE ROW LEVEL SECURITY;
ALTER TABLE themes FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON themes TO ocena_app
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT, UPDATE (name, folded), DELETE ON themes TO ocena_app;

CREATE TABLE remark_themes (
    tenant_id     bigint NOT NULL,
    submission_id uuid NOT NULL,
    question      text NOT NULL,
    theme_id      bigint NOT NULL,
    PRIMARY KEY (tenant_id, submission_id, question, theme_id),
    FOREIGN KEY (tenant_id, submission_id, question) REFERENCES remarks (tenant_id, submission_id, question) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, theme_id) REFERENCES themes (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX remark_themes_theme ON remark_themes (tenant_id, theme_id);
ALTER TABLE remark_themes ENABLE ROW LEVEL SECURITY;
ALTER TABLE remark_themes FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON remark_themes TO ocena_app
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT, DELETE ON remark_themes TO ocena_app;
