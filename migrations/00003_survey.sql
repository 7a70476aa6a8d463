-- Questionnaires, their frozen versions, and what residents answered.

-- +goose Up
CREATE TABLE questionnaires (
    tenant_id  bigint NOT NULL REFERENCES tenants,
    id         bigint GENERATED ALWAYS AS IDENTITY,
    key        text NOT NULL,
    draft      jsonb NOT NULL,
    revision   integer NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, key)
);
ALTER TABLE questionnaires ENABLE ROW LEVEL SECURITY;
ALTER TABLE questionnaires FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON questionnaires TO ocena_app, ocena_operator
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, UPDATE ON questionnaires TO ocena_app;
GRANT SELECT, INSERT ON questionnaires TO ocena_operator;

-- A version never changes: it carries its wording, the slots of its answers and the boxes of its sheet.
CREATE TABLE versions (
    tenant_id        bigint NOT NULL,
    id               bigint GENERATED ALWAYS AS IDENTITY,
    questionnaire_id bigint NOT NULL,
    number           integer NOT NULL CHECK (number > 0),
    content          jsonb NOT NULL,
    layout           jsonb NOT NULL,
    sheet            jsonb NOT NULL,
    published_at     timestamptz NOT NULL,
    published_by     text NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, questionnaire_id, number),
    FOREIGN KEY (tenant_id, questionnaire_id) REFERENCES questionnaires (tenant_id, id)
);
ALTER TABLE versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE versions FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON versions TO ocena_app, ocena_operator
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT ON versions TO ocena_app, ocena_operator;

-- A submission holds no address, device, referrer, time or key: a random id without order, and the day.
CREATE TABLE submissions (
    tenant_id        bigint NOT NULL,
    id               uuid NOT NULL,
    version_id       bigint NOT NULL,
    channel          text NOT NULL CHECK (channel IN ('web', 'qr', 'kiosk', 'paper_typed', 'paper_scanned')),
    service_point_id bigint,
    day              date NOT NULL,
    codes            smallint[] NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, version_id) REFERENCES versions (tenant_id, id),
    FOREIGN KEY (tenant_id, service_point_id) REFERENCES service_points (tenant_id, id)
);
CREATE INDEX submissions_day ON submissions (tenant_id, version_id, day);
ALTER TABLE submissions ENABLE ROW LEVEL SECURITY;
ALTER TABLE submissions FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON submissions TO ocena_app
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
CREATE POLICY intake ON submissions FOR INSERT TO ocena_intake WITH CHECK (tenant_id = ANY (intake_tenants()));
GRANT SELECT ON submissions TO ocena_app;
GRANT UPDATE (codes) ON submissions TO ocena_app; -- of an open batch only, see 00004
GRANT INSERT ON submissions TO ocena_intake;

-- Free texts, after sure kinds of personal data were replaced. question: the key, or key.option.
CREATE TABLE remarks (
    tenant_id     bigint NOT NULL,
    submission_id uuid NOT NULL,
    question      text NOT NULL,
    text          text NOT NULL,
    state         text NOT NULL CHECK (state IN ('new', 'unsure', 'approved', 'withheld')),
    PRIMARY KEY (tenant_id, submission_id, question),
    FOREIGN KEY (tenant_id, submission_id) REFERENCES submissions (tenant_id, id)
);
ALTER TABLE remarks ENABLE ROW LEVEL SECURITY;
ALTER TABLE remarks FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON remarks TO ocena_app
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
CREATE POLICY intake ON remarks FOR INSERT TO ocena_intake WITH CHECK (tenant_id = ANY (intake_tenants()));
GRANT SELECT, INSERT, UPDATE, DELETE ON remarks TO ocena_app;
GRANT INSERT ON remarks TO ocena_intake;

-- Idempotency: an HMAC of tenant and key, with no link to the answers. The day is there to drop it by.
CREATE TABLE submission_keys (
    tenant_id bigint NOT NULL REFERENCES tenants,
    hash      bytea NOT NULL CHECK (length(hash) = 32),
    day       date NOT NULL,
    PRIMARY KEY (tenant_id, hash)
);
CREATE INDEX submission_keys_day ON submission_keys (tenant_id, day);
ALTER TABLE submission_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE submission_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY intake ON submission_keys TO ocena_intake
    USING (tenant_id = ANY (intake_tenants())) WITH CHECK (tenant_id = ANY (intake_tenants()));
-- Keys are dropped for all tenants at once, by whoever can't see them.
CREATE POLICY retention_read ON submission_keys FOR SELECT TO ocena_operator USING (true);
CREATE POLICY retention ON submission_keys FOR DELETE TO ocena_operator USING (true);
GRANT SELECT, INSERT ON submission_keys TO ocena_intake;
GRANT SELECT (day), DELETE ON submission_keys TO ocena_operator;

-- One counter per slot value (survey.Layout), kept in the transaction that adds the submission.
-- service_point_id 0 stands for none: a key can't hold NULL, and a count refers to no row.
CREATE TABLE tallies (
    tenant_id        bigint NOT NULL,
    version_id       bigint NOT NULL,
    month            date NOT NULL CHECK (EXTRACT(day FROM month) = 1),
    channel          text NOT NULL,
    service_point_id bigint NOT NULL DEFAULT 0,
    n                integer NOT NULL CHECK (n >= 0),
    counts           integer[] NOT NULL CHECK (array_position(counts, NULL) IS NULL), -- add_counts of unequal lengths
    PRIMARY KEY (tenant_id, version_id, month, channel, service_point_id),
    FOREIGN KEY (tenant_id, version_id) REFERENCES versions (tenant_id, id)
);
ALTER TABLE tallies ENABLE ROW LEVEL SECURITY;
ALTER TABLE tallies FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON tallies TO ocena_app
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
CREATE POLICY intake ON tallies TO ocena_intake
    USING (tenant_id = ANY (intake_tenants())) WITH CHECK (tenant_id = ANY (intake_tenants()));
GRANT SELECT, INSERT, UPDATE ON tallies TO ocena_app, ocena_intake;

-- The county reads counts of its own offices, and nothing else. The function is on the short list of those
-- that run with their owner's rights: it tells which tenants the county of the transaction has.
-- +goose StatementBegin
CREATE FUNCTION county_tenants() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$ SELECT id FROM public.tenants WHERE county_id = NULLIF(current_setting('ocena.county', true), '')::bigint $$;
-- +goose StatementEnd
GRANT EXECUTE ON FUNCTION county_tenants() TO ocena_county;
CREATE POLICY county ON tallies FOR SELECT TO ocena_county USING (tenant_id IN (SELECT county_tenants()));
GRANT SELECT ON tallies TO ocena_county;

-- Element-wise sum of two vectors of counters of the same length.
-- +goose StatementBegin
CREATE FUNCTION add_counts(a integer[], b integer[]) RETURNS integer[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT array_agg(x + y ORDER BY i) FROM unnest(a, b) WITH ORDINALITY AS pair (x, y, i) $$;
-- +goose StatementEnd
GRANT EXECUTE ON FUNCTION add_counts(integer[], integer[]) TO ocena_app, ocena_intake;

-- What people read instead of codes: one row an answer. state tells why there is no value.
CREATE VIEW answers WITH (security_invoker = true) AS
SELECT s.tenant_id, s.id AS submission_id, s.version_id, s.channel, s.service_point_id, s.day,
       slot ->> 'question' AS question, slot ->> 'row' AS row, slot ->> 'option' AS option, slot ->> 'aspect' AS aspect,
       CASE s.codes[i] WHEN 0 THEN 'blank' WHEN 1 THEN 'na' WHEN 2 THEN 'dk' WHEN 3 THEN 'unreadable' WHEN 4 THEN 'hidden' ELSE 'given' END AS state,
       CASE WHEN s.codes[i] >= 5 THEN s.codes[i] - 4 END AS value
FROM submissions s
JOIN versions v ON v.tenant_id = s.tenant_id AND v.id = s.version_id
CROSS JOIN LATERAL jsonb_array_elements(v.layout -> 'slots') WITH ORDINALITY AS e (slot, i);
GRANT SELECT ON answers TO ocena_app;
