-- Kiosks: devices of an office on which residents fill the survey, each at a service point, and how many answers each one
-- brought on a day. No answer tells which device it came from, and no moment of an answer is kept.

-- +goose Up
CREATE TABLE devices (
    tenant_id        bigint NOT NULL REFERENCES tenants,
    id               bigint GENERATED ALWAYS AS IDENTITY,
    name             text NOT NULL CHECK (name <> ''),
    service_point_id bigint NOT NULL,
    token            bytea CHECK (length(token) = 32), -- hash of the device's cookie; NULL: not paired
    pairing_seed     bytea CHECK (length(pairing_seed) = 16), -- the code is made of it and of the service's secret; NULL: none is good
    pairing_until    timestamptz CHECK ((pairing_until IS NULL) = (pairing_seed IS NULL)),
    created_at       timestamptz NOT NULL,
    created_by       text NOT NULL,
    paired_at        timestamptz CHECK (paired_at IS NOT NULL OR token IS NULL),
    seen_at          timestamptz CHECK (seen_at = date_trunc('minute', seen_at)),
    queued           integer NOT NULL DEFAULT 0 CHECK (queued >= 0),  -- answers that wait in the device, as it last said
    refused          integer NOT NULL DEFAULT 0 CHECK (refused >= 0), -- of those that waited, what the service did not take
    paused           boolean NOT NULL DEFAULT false,
    removed_at       timestamptz CHECK (removed_at IS NULL OR token IS NULL AND pairing_seed IS NULL),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, token),
    FOREIGN KEY (tenant_id, service_point_id) REFERENCES service_points (tenant_id, id)
);
CREATE TABLE kiosk_days (
    tenant_id bigint NOT NULL,
    device_id bigint NOT NULL,
    day       date NOT NULL,
    answers   integer NOT NULL CHECK (answers > 0),
    fast      integer NOT NULL CHECK (fast BETWEEN 0 AND answers), -- faster than people take turns, or than they read
    PRIMARY KEY (tenant_id, device_id, day),
    FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id)
);

ALTER TABLE devices ENABLE ROW LEVEL SECURITY;
ALTER TABLE devices FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON devices TO ocena_app
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
ALTER TABLE kiosk_days ENABLE ROW LEVEL SECURITY;
ALTER TABLE kiosk_days FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON kiosk_days TO ocena_app
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());

GRANT SELECT, INSERT, UPDATE ON devices TO ocena_app;
GRANT SELECT, INSERT, UPDATE ON kiosk_days TO ocena_app;
