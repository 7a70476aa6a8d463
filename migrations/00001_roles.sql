-- The roles of the service. None of them owns anything, can log in or bypasses row-level security; the
-- service's login may take each of them on. Roles belong to the whole cluster, so another database there
-- may have made them already, perhaps at this very moment.

-- +goose Up
-- +goose StatementBegin
DO $$
DECLARE
    role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY['ocena_app', 'ocena_intake', 'ocena_county', 'ocena_operator'] LOOP
        BEGIN
            EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE', role_name);
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;
        END;
    END LOOP;
END
$$;
-- +goose StatementEnd

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO ocena_app, ocena_intake, ocena_county, ocena_operator;
ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE ALL ON SEQUENCES FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE ALL ON FUNCTIONS FROM PUBLIC;

-- The tenant of the transaction: set by set_config('ocena.tenant', …, true), gone with the transaction, so
-- that a pooled connection can't carry it on. None set: NULL, which equals nothing, so no rows.
-- +goose StatementBegin
CREATE FUNCTION current_tenant() RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT NULLIF(current_setting('ocena.tenant', true), '')::bigint $$;
-- +goose StatementEnd
GRANT EXECUTE ON FUNCTION current_tenant() TO ocena_app, ocena_intake, ocena_county, ocena_operator;

-- The tenants of one group commit, set in the same way; none set: none.
-- +goose StatementBegin
CREATE FUNCTION intake_tenants() RETURNS bigint[]
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT COALESCE(NULLIF(current_setting('ocena.intake', true), ''), '{}')::bigint[] $$;
-- +goose StatementEnd
GRANT EXECUTE ON FUNCTION intake_tenants() TO ocena_intake;
