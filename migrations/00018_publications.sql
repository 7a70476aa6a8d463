-- Wyniki publiczne: public editions of archived reports, and whether the office shows them.

-- +goose Up
CREATE TABLE public_pages (
    tenant_id bigint PRIMARY KEY REFERENCES tenants,
    open      boolean NOT NULL DEFAULT false -- /wyniki answers; else it is as unknown as any other address
);

-- An edition is never changed: figures that were seen can't be unseen, and later editions hold back what could be had
-- of them by subtraction. It can be withdrawn, once.
CREATE TABLE publications (
    tenant_id    bigint NOT NULL REFERENCES tenants,
    id           bigint GENERATED ALWAYS AS IDENTITY,
    report_id    bigint NOT NULL,
    name         text NOT NULL CHECK (name ~ '^[0-9]{4}-[0-9]+$'), -- in addresses
    period_to    date NOT NULL,
    edition      jsonb NOT NULL, -- report.Edition
    published_at timestamptz NOT NULL,
    published_by text NOT NULL,
    withdrawn_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, report_id) REFERENCES reports (tenant_id, id)
);
CREATE UNIQUE INDEX publications_shown ON publications (tenant_id, name) WHERE withdrawn_at IS NULL;

CREATE TABLE publication_files (
    tenant_id      bigint NOT NULL REFERENCES tenants,
    publication_id bigint NOT NULL,
    name           text NOT NULL,
    data           bytea NOT NULL,
    sha256         bytea NOT NULL CHECK (sha256 = sha256(data)),
    PRIMARY KEY (tenant_id, publication_id, name),
    FOREIGN KEY (tenant_id, publication_id) REFERENCES publications (tenant_id, id)
);

ALTER TABLE public_pages ENABLE ROW LEVEL SECURITY;
ALTER TABLE public_pages FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON public_pages TO ocena_app
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT, UPDATE ON public_pages TO ocena_app;

ALTER TABLE publications ENABLE ROW LEVEL SECURITY;
ALTER TABLE publications FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON publications TO ocena_app
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT, UPDATE (withdrawn_at) ON publications TO ocena_app;

ALTER TABLE publication_files ENABLE ROW LEVEL SECURITY;
ALTER TABLE publication_files FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON publication_files TO ocena_app
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT ON publication_files TO ocena_app;

CREATE TRIGGER refuse_change BEFORE UPDATE ON publications FOR EACH ROW WHEN (OLD.withdrawn_at IS NOT NULL) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER refuse_delete BEFORE DELETE ON publications FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON publication_files FOR EACH ROW EXECUTE FUNCTION refuse_change();
