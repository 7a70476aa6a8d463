-- What a group commit costs per submission. Nothing changes in what is kept or who may do what.

-- +goose Up
-- Adds one to a vector of counters wherever a place (counted from 1) is named, as often as it is named. A place beyond
-- the vector would make it longer, and leaves a NULL or a wrong length that the table refuses.
-- +goose StatementBegin
CREATE FUNCTION count_at(counts integer[], places integer[]) RETURNS integer[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
    place integer;
BEGIN
    FOREACH place IN ARRAY places LOOP
        counts[place] := counts[place] + 1;
    END LOOP;
    RETURN counts;
END
$$;

-- Adds what a group commit counted, one tally an element, in the order given: callers that give the tallies in the order
-- of their key can't block each other in a circle. Of a vector only the places that change are sent and touched: a
-- sum of whole vectors (add_counts) took more than all the rest of a submission. Each tally is changed under the name
-- of its own tenant, which narrows ocena.intake for the rest of the transaction: it has to come last.
CREATE FUNCTION add_tallies(tenants bigint[], versions bigint[], months date[], channels text[], points bigint[], times integer[], lengths integer[], places text[])
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    FOR i IN 1 .. cardinality(tenants) LOOP
        PERFORM set_config('ocena.intake', '{' || tenants[i] || '}', true);
        UPDATE tallies t
        SET n = t.n + times[i], counts = count_at(t.counts, places[i]::integer[])
        WHERE t.tenant_id = tenants[i] AND t.version_id = versions[i] AND t.month = months[i] AND t.channel = channels[i] AND t.service_point_id = points[i];
        CONTINUE WHEN FOUND;
        INSERT INTO tallies (tenant_id, version_id, month, channel, service_point_id, n, counts)
        VALUES (tenants[i], versions[i], months[i], channels[i], points[i], times[i], count_at(array_fill(0, ARRAY[lengths[i]]), places[i]::integer[]))
        ON CONFLICT (tenant_id, version_id, month, channel, service_point_id) DO UPDATE
        SET n = tallies.n + excluded.n, counts = add_counts(tallies.counts, excluded.counts);
    END LOOP;
END
$$;
-- +goose StatementEnd
GRANT EXECUTE ON FUNCTION count_at(integer[], integer[]),
    add_tallies(bigint[], bigint[], date[], text[], bigint[], integer[], integer[], text[]) TO ocena_intake;

-- Read once a statement, not once a row: a batch names as many tenants as it has rows.
ALTER POLICY intake ON submissions WITH CHECK (tenant_id = ANY ((SELECT intake_tenants())::bigint[]));
ALTER POLICY intake ON remarks WITH CHECK (tenant_id = ANY ((SELECT intake_tenants())::bigint[]));
ALTER POLICY intake ON submission_keys
    USING (tenant_id = ANY ((SELECT intake_tenants())::bigint[])) WITH CHECK (tenant_id = ANY ((SELECT intake_tenants())::bigint[]));
ALTER POLICY intake ON tallies
    USING (tenant_id = ANY ((SELECT intake_tenants())::bigint[])) WITH CHECK (tenant_id = ANY ((SELECT intake_tenants())::bigint[]));

-- A tally is rewritten with every submission: room on its own page spares the index and the vacuum (HOT).
ALTER TABLE tallies SET (fillfactor = 50);
