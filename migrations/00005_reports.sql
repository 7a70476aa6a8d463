-- Archived reports, and the gate of § 5 of the order (zarządzenie 18/2017): no change of the office's data or
-- questionnaire before a report of the results so far.

-- +goose Up
CREATE TABLE reports (
    tenant_id    bigint NOT NULL REFERENCES tenants,
    id           bigint GENERATED ALWAYS AS IDENTITY,
    number       integer NOT NULL CHECK (number > 0), -- 1, 2, 3 … within the office
    filter       jsonb NOT NULL,
    versions     integer[] NOT NULL, -- numbers of the versions it spans
    n            integer NOT NULL CHECK (n >= 0),
    summary      jsonb NOT NULL,
    pdf          bytea NOT NULL CHECK (substring(pdf FOR 5) = '%PDF-'),
    xlsx         bytea NOT NULL CHECK (substring(xlsx FOR 2) = 'PK'),
    pdf_sha256   bytea NOT NULL CHECK (pdf_sha256 = sha256(pdf)),
    xlsx_sha256  bytea NOT NULL CHECK (xlsx_sha256 = sha256(xlsx)),
    digest       text NOT NULL, -- of all results of the office when the report was made
    complete     boolean NOT NULL DEFAULT false, -- it takes in all results there were; set by trigger
    generated_at timestamptz NOT NULL,
    generated_by text NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, number)
);
ALTER TABLE reports ENABLE ROW LEVEL SECURITY;
ALTER TABLE reports FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON reports TO ocena_app
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT ON reports TO ocena_app;

-- Names the state of all results of a tenant: every counter of every version, month, channel and point.
-- +goose StatementBegin
CREATE FUNCTION results_digest(tenant bigint) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT md5(COALESCE(string_agg(concat_ws(':', version_id, month, channel, service_point_id, n, counts::text), E'\n'
                                   ORDER BY version_id, month, channel, service_point_id), ''))
    FROM tallies
    WHERE tenant_id = tenant AND n > 0
$$;

-- The database decides itself whether a report takes in all results so far.
CREATE FUNCTION set_complete() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    NEW.complete := NEW.digest = results_digest(NEW.tenant_id)
        AND NEW.n = (SELECT COALESCE(sum(n), 0) FROM tallies WHERE tenant_id = NEW.tenant_id);
    RETURN NEW;
END
$$;

-- § 5: refuses a change while no complete report of the results as they are now stands in the archive. An
-- office that has never published a questionnaire can't have results, and is free.
CREATE FUNCTION require_report() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    -- Two queries, as the operator who adds an office may not read reports and never comes to the second.
    IF NOT EXISTS (SELECT FROM versions WHERE tenant_id = NEW.tenant_id) THEN
        RETURN NEW;
    END IF;
    -- A submission under way adds to a tally: wait for it, and let the next one wait for this edit.
    PERFORM FROM tallies WHERE tenant_id = NEW.tenant_id FOR SHARE;
    PERFORM FROM reports WHERE tenant_id = NEW.tenant_id AND complete AND digest = results_digest(NEW.tenant_id);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no archived report of the results so far' USING ERRCODE = 'OC001';
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
$$;

-- Every replica keeps the directory of offices in memory and listens for this.
CREATE FUNCTION notify_directory() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM pg_notify('directory', '');
    RETURN NULL;
END
$$;
-- +goose StatementEnd
GRANT EXECUTE ON FUNCTION results_digest(bigint) TO ocena_app;

CREATE TRIGGER set_complete BEFORE INSERT ON reports FOR EACH ROW EXECUTE FUNCTION set_complete();
CREATE TRIGGER require_report BEFORE UPDATE OR INSERT ON departments FOR EACH ROW EXECUTE FUNCTION require_report();
CREATE TRIGGER require_report BEFORE UPDATE OR INSERT ON service_points FOR EACH ROW EXECUTE FUNCTION require_report();
CREATE TRIGGER require_report BEFORE UPDATE ON offices FOR EACH ROW EXECUTE FUNCTION require_report();
CREATE TRIGGER require_report BEFORE INSERT ON versions FOR EACH ROW EXECUTE FUNCTION require_report();

CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON versions FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON reports FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER refuse_change BEFORE UPDATE ON audit_log FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER notify_directory AFTER INSERT OR UPDATE OR DELETE ON tenants FOR EACH STATEMENT EXECUTE FUNCTION notify_directory();
CREATE TRIGGER notify_directory AFTER INSERT OR UPDATE OR DELETE ON counties FOR EACH STATEMENT EXECUTE FUNCTION notify_directory();
CREATE TRIGGER notify_directory AFTER INSERT OR UPDATE ON offices FOR EACH STATEMENT EXECUTE FUNCTION notify_directory();
CREATE TRIGGER notify_directory AFTER INSERT ON versions FOR EACH STATEMENT EXECUTE FUNCTION notify_directory();
CREATE TRIGGER notify_directory AFTER INSERT OR UPDATE ON service_points FOR EACH STATEMENT EXECUTE FUNCTION notify_directory();
