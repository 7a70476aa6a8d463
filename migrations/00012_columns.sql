-- What proves that answers kept in a process's memory are still those in the database.

-- +goose Up
-- Answers are added, which n counts, or corrected, which this counts: a correction can leave every counter as it was (two
-- sheets that change places) and still change a cross-tab. Intake, which only adds, pays nothing for it.
ALTER TABLE tallies ADD COLUMN corrections integer NOT NULL DEFAULT 0;

-- +goose StatementBegin
CREATE FUNCTION count_correction() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE tallies
    SET corrections = corrections + 1
    WHERE tenant_id = NEW.tenant_id AND version_id = NEW.version_id AND month = date_trunc('month', NEW.day)::date
      AND channel = NEW.channel AND service_point_id = COALESCE(NEW.service_point_id, 0);
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER count_correction AFTER UPDATE OF codes ON submissions FOR EACH ROW
    WHEN (OLD.codes IS DISTINCT FROM NEW.codes) EXECUTE FUNCTION count_correction();
