-- Second keying of a sample of a batch's typed sheets, and what two people at one batch need: numbers that no two sheets
-- share, and corrections that don't undo each other.

-- +goose Up
ALTER TABLE batches ADD COLUMN rekey_percent integer CHECK (rekey_percent BETWEEN 1 AND 100); -- NULL: no second keying is wanted
GRANT UPDATE (rekey_percent) ON batches TO ocena_app;

-- typed_by: an account's login; '': typed before it was kept. revision is raised by each correction, which names the one
-- it began with.
ALTER TABLE batch_sheets ADD COLUMN typed_by text NOT NULL DEFAULT '', ADD COLUMN revision integer NOT NULL DEFAULT 1;
GRANT UPDATE (revision) ON batch_sheets TO ocena_app;

-- Two who typed at once may have got one number for two sheets. Only such batches are numbered anew.
ALTER TABLE batch_sheets NO FORCE ROW LEVEL SECURITY;
UPDATE batch_sheets bs
SET number = anew.place
FROM (SELECT tenant_id, submission_id, row_number() OVER (PARTITION BY tenant_id, batch_id ORDER BY number, submission_id) AS place FROM batch_sheets) anew
WHERE anew.tenant_id = bs.tenant_id AND anew.submission_id = bs.submission_id
  AND EXISTS (SELECT FROM batch_sheets twin WHERE twin.tenant_id = bs.tenant_id AND twin.batch_id = bs.batch_id GROUP BY twin.number HAVING count(*) > 1);
ALTER TABLE batch_sheets FORCE ROW LEVEL SECURITY;
ALTER TABLE batch_sheets ADD UNIQUE (tenant_id, batch_id, number);

-- The number that a sheet comes with is a wish: without one, or if another sheet has it, it gets the next. Whoever adds a
-- sheet holds the batch, so that two can't count to the same number; FOR SHARE, as it was, lets them.
CREATE POLICY intake_read ON batch_sheets FOR SELECT TO ocena_intake USING (tenant_id = ANY (intake_tenants()));
GRANT SELECT (tenant_id, batch_id, number) ON batch_sheets TO ocena_intake;
-- +goose StatementBegin
CREATE FUNCTION number_sheet() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM FROM batches b WHERE b.tenant_id = NEW.tenant_id AND b.id = NEW.batch_id AND b.closed_at IS NULL FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'batch % is closed', NEW.batch_id USING ERRCODE = 'OC002';
    END IF;
    IF NEW.number < 1 OR EXISTS (SELECT FROM batch_sheets bs WHERE bs.tenant_id = NEW.tenant_id AND bs.batch_id = NEW.batch_id AND bs.number = NEW.number) THEN
        NEW.number := (SELECT COALESCE(max(bs.number), 0) + 1 FROM batch_sheets bs WHERE bs.tenant_id = NEW.tenant_id AND bs.batch_id = NEW.batch_id);
    END IF;
    RETURN NEW;
END
$$;
-- +goose StatementEnd
DROP TRIGGER require_open_batch ON batch_sheets;
CREATE TRIGGER number_sheet BEFORE INSERT ON batch_sheets FOR EACH ROW EXECUTE FUNCTION number_sheet();

-- The sample: drawn, keyed again by somebody else, and, where the two differ, settled by a person with the paper. These codes
-- are never counted as answers. first_codes are the sheet's own when it was keyed again, so that settling a difference
-- does not make it unseen.
CREATE TABLE rekeyed_sheets (
    tenant_id     bigint NOT NULL,
    batch_id      bigint NOT NULL,
    submission_id uuid NOT NULL,
    drawn_by      text NOT NULL,
    keyed_by      text, -- NULL: not keyed again yet
    first_codes   smallint[],
    codes         smallint[],
    compared      integer, -- fields that either of the two filled in
    differing     integer CHECK (differing BETWEEN 0 AND compared),
    settled_by    text CHECK (settled_by IS NULL OR keyed_by IS NOT NULL),
    PRIMARY KEY (tenant_id, batch_id, submission_id),
    FOREIGN KEY (tenant_id, batch_id, submission_id) REFERENCES batch_sheets (tenant_id, batch_id, submission_id),
    CHECK (num_nonnulls(keyed_by, first_codes, codes, compared, differing) IN (0, 5))
);
ALTER TABLE rekeyed_sheets ENABLE ROW LEVEL SECURITY;
ALTER TABLE rekeyed_sheets FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON rekeyed_sheets TO ocena_app
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT ON rekeyed_sheets TO ocena_app;
GRANT UPDATE (keyed_by, first_codes, codes, compared, differing, settled_by) ON rekeyed_sheets TO ocena_app;
CREATE TRIGGER require_open_batch BEFORE INSERT OR UPDATE ON rekeyed_sheets FOR EACH ROW EXECUTE FUNCTION require_open_batch();
