-- A group commit in one call, and less for Postgres to do in it. Nothing changes in what is kept or who may do what.

-- +goose Up
-- The same as tenant_id = ANY (…), but no condition for an index: beside a join on the key it would make the index look
-- for each row under every tenant of the batch. (Before, each tally was changed by a statement of its own for that.)
ALTER POLICY intake ON tallies
    USING (tenant_id + 0 = ANY ((SELECT intake_tenants())::bigint[])) WITH CHECK (tenant_id = ANY ((SELECT intake_tenants())::bigint[]));

-- Adds what a group commit counted. Callers give the tallies in the order of their key, and a nested loop takes them in
-- the order given, so that two of them can't block each other in a circle; hence no other join. Which rows were there
-- is what the update itself says: to look again would miss those that another transaction has put there meanwhile.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION add_tallies(tenants bigint[], versions bigint[], months date[], channels text[], points bigint[], times integer[], lengths integer[], places text[])
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
SET enable_hashjoin = off
SET enable_mergejoin = off
SET enable_seqscan = off
AS $$
DECLARE
    counted bigint[];
BEGIN
    WITH counting AS (
        UPDATE tallies t
        SET n = t.n + a.times, counts = count_at(t.counts, a.places::integer[])
        FROM unnest(tenants, versions, months, channels, points, times, places) WITH ORDINALITY AS a (tenant, version, month, channel, point, times, places, i)
        WHERE t.tenant_id = a.tenant AND t.version_id = a.version AND t.month = a.month AND t.channel = a.channel AND t.service_point_id = a.point
        RETURNING a.i
    )
    SELECT COALESCE(array_agg(i), '{}') INTO counted FROM counting;
    IF cardinality(counted) < cardinality(tenants) THEN
        INSERT INTO tallies (tenant_id, version_id, month, channel, service_point_id, n, counts)
        SELECT tenant, version, month, channel, point, a.times, count_at(array_fill(0, ARRAY[length]), a.places::integer[])
        FROM unnest(tenants, versions, months, channels, points, times, lengths, places) WITH ORDINALITY
          AS a (tenant, version, month, channel, point, times, length, places, i)
        WHERE i <> ALL (counted)
        ORDER BY i
        ON CONFLICT (tenant_id, version_id, month, channel, service_point_id) DO UPDATE
        SET n = tallies.n + excluded.n, counts = add_counts(tallies.counts, excluded.counts);
    END IF;
END
$$;

-- A whole group commit but for BEGIN and COMMIT, which are the caller's: keys, answers, remarks, tallies. Each of these as
-- a statement of its own is a round trip, and a wait of all who share the commit. Where a key was stored before, only
-- the keys are added, and the new ones are told: what the others bring is the caller's to leave out.
CREATE FUNCTION add_submissions(
    allowed text,
    tenants bigint[], hashes bytea[], ids uuid[], versions bigint[], channels text[], points bigint[], days date[], codes text[],
    remark_tenants bigint[], remark_ids uuid[], questions text[], texts text[], states text[],
    tally_tenants bigint[], tally_versions bigint[], months date[], tally_channels text[], tally_points bigint[],
    times integer[], lengths integer[], places text[],
    OUT done boolean, OUT fresh_tenants bigint[], OUT fresh_hashes bytea[])
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    PERFORM set_config('ocena.intake', allowed, true);
    WITH added AS (
        INSERT INTO submission_keys (tenant_id, hash, day)
        SELECT tenant, k.hash, GREATEST(k.day, CURRENT_DATE) -- an answer may be days old; its key is not
        FROM unnest(tenants, hashes, days) WITH ORDINALITY AS k (tenant, hash, day, i)
        ORDER BY i
        ON CONFLICT DO NOTHING
        RETURNING tenant_id, hash
    )
    SELECT COALESCE(array_agg(tenant_id), '{}'), COALESCE(array_agg(hash), '{}') INTO fresh_tenants, fresh_hashes FROM added;
    done := cardinality(fresh_tenants) = cardinality(tenants);
    IF NOT done THEN
        RETURN;
    END IF;
    fresh_tenants := NULL;
    fresh_hashes := NULL;
    INSERT INTO submissions (tenant_id, id, version_id, channel, service_point_id, day, codes)
    SELECT tenant, a.id, version, a.channel, NULLIF(point, 0), a.day, a.codes::smallint[]
    FROM unnest(tenants, ids, versions, channels, points, days, codes) AS a (tenant, id, version, channel, point, day, codes);
    IF cardinality(remark_tenants) > 0 THEN
        INSERT INTO remarks (tenant_id, submission_id, question, text, state)
        SELECT r.tenant, r.id, r.question, r.text, r.state
        FROM unnest(remark_tenants, remark_ids, questions, texts, states) AS r (tenant, id, question, text, state);
    END IF;
    PERFORM add_tallies(tally_tenants, tally_versions, months, tally_channels, tally_points, times, lengths, places);
END
$$;
-- +goose StatementEnd
GRANT EXECUTE ON FUNCTION add_submissions(
    text, bigint[], bytea[], uuid[], bigint[], text[], bigint[], date[], text[], bigint[], uuid[], text[], text[], text[],
    bigint[], bigint[], date[], text[], bigint[], integer[], integer[], text[]) TO ocena_intake;

-- A key is added in one transaction with an answer, whose own foreign key says that the tenant has the version, and so that
-- there is the tenant. To say it twice took a lock, which is a write, on the tenant's row for every submission.
ALTER TABLE submission_keys DROP CONSTRAINT submission_keys_tenant_id_fkey;

-- Old keys are dropped by the day alone, for which this index was of no use.
DROP INDEX submission_keys_day;
