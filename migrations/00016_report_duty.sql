-- What becomes of reports: the archivist's signs on them, the yearly duty of § 4 of the order (zarządzenie 18/2017),
-- reports by a schedule, and the mail about both.

-- +goose Up
-- Written on a report after the fact; the report itself stays frozen. The history stands in the audit log.
CREATE TABLE report_cases (
    tenant_id  bigint NOT NULL,
    report_id  bigint NOT NULL,
    sign       text NOT NULL DEFAULT '', -- znak sprawy
    jrwa       text NOT NULL DEFAULT '', -- symbol of the jednolity rzeczowy wykaz akt
    category   text NOT NULL DEFAULT '', -- kategoria archiwalna
    revision   integer NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    PRIMARY KEY (tenant_id, report_id),
    FOREIGN KEY (tenant_id, report_id) REFERENCES reports (tenant_id, id)
);

-- Where an office stands with § 4: moments and counts alone, so that the operator may see who is late and nothing else.
CREATE TABLE duties (
    tenant_id   bigint PRIMARY KEY REFERENCES tenants,
    since       timestamptz, -- the first publication; NULL: none yet, and so no duty
    last_at     timestamptz, -- of the newest report; NULL: none
    last_number integer NOT NULL DEFAULT 0,
    reports     integer NOT NULL DEFAULT 0
);

-- Who sends the mail of so many days before a due date writes it here in the same transaction: nobody else will.
CREATE TABLE duty_mails (
    tenant_id bigint NOT NULL REFERENCES tenants,
    due       date NOT NULL,
    days      smallint NOT NULL CHECK (days IN (7, 30, 60)),
    at        timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, due, days)
);

-- Reports by a schedule. Who archives the report of a period moves done_to in the same transaction.
CREATE TABLE schedules (
    tenant_id  bigint NOT NULL REFERENCES tenants,
    every      text NOT NULL CHECK (every IN ('month', 'quarter', 'half', 'year')),
    done_to    date NOT NULL, -- last day of the last period that has its report, or that needs none
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    PRIMARY KEY (tenant_id, every)
);

-- Mail on its way, and what went. Nothing of answers is in it: dates, numbers and addresses of pages.
CREATE TABLE outbox (
    tenant_id  bigint NOT NULL REFERENCES tenants,
    id         bigint GENERATED ALWAYS AS IDENTITY,
    message_id text NOT NULL, -- the same at each attempt, so that a mail that comes twice is known by it
    recipient  text NOT NULL,
    subject    text NOT NULL,
    body       text NOT NULL,
    created_at timestamptz NOT NULL,
    next_at    timestamptz, -- of the next attempt; NULL: settled
    tries      integer NOT NULL DEFAULT 0,
    sent_at    timestamptz,
    problem    text NOT NULL DEFAULT '', -- of the last attempt
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, message_id),
    CHECK (sent_at IS NULL OR next_at IS NULL)
);
CREATE INDEX outbox_next ON outbox (next_at) WHERE next_at IS NOT NULL;

-- +goose StatementBegin
DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['report_cases', 'duties', 'duty_mails', 'schedules', 'outbox'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY tenant ON %I TO ocena_app USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant())', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['duties', 'duty_mails', 'schedules', 'outbox'] LOOP
        EXECUTE format('CREATE POLICY duty ON %I FOR SELECT TO ocena_operator USING (true)', t);
    END LOOP;
END
$$;
-- +goose StatementEnd
-- The operator adds an office with its first version, and so the row of its duty.
CREATE POLICY tenant_operator ON duties TO ocena_operator
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());

GRANT SELECT, INSERT, UPDATE ON report_cases, duties TO ocena_app;
GRANT SELECT, INSERT ON duty_mails TO ocena_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON schedules TO ocena_app;
GRANT SELECT, INSERT ON outbox TO ocena_app;
GRANT UPDATE (next_at, tries, sent_at, problem) ON outbox TO ocena_app;
GRANT SELECT ON duties, duty_mails, schedules TO ocena_operator;
GRANT INSERT ON duties TO ocena_operator;
GRANT SELECT (tenant_id, next_at) ON outbox TO ocena_operator; -- whether anything waits; not whom it goes to, nor what it says

-- +goose StatementBegin
CREATE FUNCTION begin_duty() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO duties (tenant_id, since) VALUES (NEW.tenant_id, NEW.published_at) ON CONFLICT (tenant_id) DO NOTHING;
    IF current_user = 'ocena_app' THEN -- a report may have come first, and made the row
        UPDATE duties SET since = NEW.published_at WHERE tenant_id = NEW.tenant_id AND since IS NULL;
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION meet_duty() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO duties AS d (tenant_id, last_at, last_number, reports) VALUES (NEW.tenant_id, NEW.generated_at, NEW.number, 1)
    ON CONFLICT (tenant_id) DO UPDATE
    SET last_at = GREATEST(d.last_at, excluded.last_at), last_number = excluded.last_number, reports = d.reports + 1;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER begin_duty AFTER INSERT ON versions FOR EACH ROW EXECUTE FUNCTION begin_duty();
CREATE TRIGGER meet_duty AFTER INSERT ON reports FOR EACH ROW EXECUTE FUNCTION meet_duty();

-- Of what there is already. The owner sees no tenant's rows while row-level security is forced.
ALTER TABLE versions NO FORCE ROW LEVEL SECURITY;
ALTER TABLE reports NO FORCE ROW LEVEL SECURITY;
ALTER TABLE duties NO FORCE ROW LEVEL SECURITY;
INSERT INTO duties (tenant_id, since, last_at, last_number, reports)
SELECT t.id, (SELECT min(v.published_at) FROM versions v WHERE v.tenant_id = t.id), max(r.generated_at), COALESCE(max(r.number), 0), count(r.id)
FROM tenants t
LEFT JOIN reports r ON r.tenant_id = t.id
GROUP BY t.id;
ALTER TABLE versions FORCE ROW LEVEL SECURITY;
ALTER TABLE reports FORCE ROW LEVEL SECURITY;
ALTER TABLE duties FORCE ROW LEVEL SECURITY;
