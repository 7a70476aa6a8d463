-- The review of remarks: who let one pass or kept it back, on which day, and redaction, which goes one way.

-- +goose Up
-- id names a remark to the panel, as its key would tell which remarks are of one sheet. It has no index: an action of
-- a reviewer looks through the remarks of one office, and the intake has one index less to fill.
ALTER TABLE remarks
    ADD COLUMN id          uuid NOT NULL DEFAULT gen_random_uuid(),
    ADD COLUMN redacted    boolean NOT NULL DEFAULT false, -- a person took words out; set by trigger
    ADD COLUMN reviewed_by text NOT NULL DEFAULT '',       -- an account's login; '': nobody yet
    ADD COLUMN reviewed_on date;                           -- the day is enough: nothing here tells when somebody wrote
CREATE INDEX remarks_waiting ON remarks (tenant_id) WHERE state IN ('new', 'unsure');

-- What a resident wrote is never edited: words can only be replaced by a token.
REVOKE UPDATE ON remarks FROM ocena_app;
GRANT UPDATE (text, state, reviewed_by, reviewed_on) ON remarks TO ocena_app;

-- Lets a text only lose words: what stands around the tokens stood there before, in the same order.
-- +goose StatementBegin
CREATE FUNCTION redact_one_way() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    pieces text[] := regexp_split_to_array(NEW.text, '\[(NAZWISKO|ADRES|NUMER|INNE)\]');
    last   integer := cardinality(pieces);
    rest   text := OLD.text;
    found  boolean := last > 1 AND starts_with(rest, pieces[1]);
BEGIN
    rest := substr(rest, length(pieces[1]) + 1);
    FOR i IN 2 .. last - 1 LOOP
        found := found AND strpos(rest, pieces[i]) > 0;
        rest := substr(rest, strpos(rest, pieces[i]) + length(pieces[i]));
    END LOOP;
    IF NOT found OR length(rest) < length(pieces[last]) OR right(rest, length(pieces[last])) <> pieces[last] AND pieces[last] <> '' THEN
        RAISE EXCEPTION 'a remark can only lose words' USING ERRCODE = 'check_violation';
    END IF;
    NEW.redacted := true;
    RETURN NEW;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER redact_one_way BEFORE UPDATE ON remarks FOR EACH ROW WHEN (OLD.text <> NEW.text) EXECUTE FUNCTION redact_one_way();
