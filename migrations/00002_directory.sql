-- Who is on the platform. These tables cross tenants and hold nothing that a tenant would keep from
-- another: a subdomain, a county, a population.

-- +goose Up
CREATE TABLE counties (
    id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slug  text NOT NULL UNIQUE,
    name  text NOT NULL,
    teryt text NOT NULL
);

CREATE TABLE tenants (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slug       text NOT NULL UNIQUE,
    county_id  bigint REFERENCES counties,
    population integer NOT NULL DEFAULT 0 CHECK (population >= 0),
    active     boolean NOT NULL DEFAULT true,
    created_on date NOT NULL
);
CREATE INDEX tenants_county ON tenants (county_id);

-- Random values that all replicas share: the key of idempotency hashes and of request tokens.
CREATE TABLE secrets (
    name  text PRIMARY KEY,
    value bytea NOT NULL
);
INSERT INTO secrets (name, value)
VALUES ('hmac', sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')));

GRANT SELECT ON counties, tenants, secrets TO ocena_app;
GRANT SELECT, INSERT, UPDATE ON counties, tenants TO ocena_operator;

-- What an administrator may edit under § 5 of the order (see gate in 00005).
CREATE TABLE offices (
    tenant_id  bigint PRIMARY KEY REFERENCES tenants,
    record     jsonb NOT NULL,
    threshold  smallint NOT NULL DEFAULT 5 CHECK (threshold BETWEEN 3 AND 10),
    revision   integer NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL
);
ALTER TABLE offices ENABLE ROW LEVEL SECURITY;
ALTER TABLE offices FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON offices TO ocena_app, ocena_operator
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
-- The directory of all offices is read when the service starts and whenever one of them changes.
CREATE POLICY directory ON offices FOR SELECT TO ocena_operator USING (true);
GRANT SELECT, UPDATE ON offices TO ocena_app;
GRANT SELECT, INSERT ON offices TO ocena_operator;

CREATE TABLE departments (
    tenant_id  bigint NOT NULL REFERENCES tenants,
    id         bigint GENERATED ALWAYS AS IDENTITY,
    name       text NOT NULL,
    short      text NOT NULL DEFAULT '',
    valid_from date NOT NULL,
    valid_to   date CHECK (valid_to >= valid_from),
    PRIMARY KEY (tenant_id, id)
);
ALTER TABLE departments ENABLE ROW LEVEL SECURITY;
ALTER TABLE departments FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON departments TO ocena_app, ocena_operator
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT, UPDATE ON departments TO ocena_app;
GRANT SELECT, INSERT ON departments TO ocena_operator;

-- A desk or place that hands out forms and QR codes (/?p=<code>). It is closed by valid_to, never deleted.
CREATE TABLE service_points (
    tenant_id     bigint NOT NULL REFERENCES tenants,
    id            bigint GENERATED ALWAYS AS IDENTITY,
    code          text NOT NULL CHECK (code ~ '^[a-z0-9][a-z0-9-]{0,29}$'),
    name          text NOT NULL,
    department_id bigint,
    valid_from    date NOT NULL,
    valid_to      date CHECK (valid_to >= valid_from),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, code),
    FOREIGN KEY (tenant_id, department_id) REFERENCES departments (tenant_id, id)
);
ALTER TABLE service_points ENABLE ROW LEVEL SECURITY;
ALTER TABLE service_points FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON service_points TO ocena_app, ocena_operator
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT, UPDATE ON service_points TO ocena_app;
GRANT SELECT, INSERT ON service_points TO ocena_operator;
