-- What each day brought by the channels that nobody watches: how many submissions, and how many of them had the answers
-- that were given most often on that day. Days that look stuffed are found in these counts alone (survey.Suspicious).

-- +goose Up
CREATE TABLE day_counts (
    tenant_id bigint NOT NULL REFERENCES tenants,
    day       date NOT NULL,
    channel   text NOT NULL CHECK (channel IN ('web', 'qr', 'kiosk')),
    n         integer NOT NULL CHECK (n > 0),
    same      integer NOT NULL CHECK (same BETWEEN 1 AND n),
    PRIMARY KEY (tenant_id, day, channel)
);
ALTER TABLE day_counts ENABLE ROW LEVEL SECURITY;
ALTER TABLE day_counts FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON day_counts TO ocena_app
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT, UPDATE ON day_counts TO ocena_app;
