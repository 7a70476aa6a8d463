-- Every view of an office's public results asks which of their remarks are still approved.

-- +goose NO TRANSACTION
-- +goose Up
-- By the text's sum, as texts are longer than an index takes. Concurrently, so that nobody who sends a remark waits for
-- it; an attempt that was broken off leaves an index that is of no use.
DROP INDEX CONCURRENTLY IF EXISTS remarks_approved;
CREATE INDEX CONCURRENTLY remarks_approved ON remarks (tenant_id, md5(text)) WHERE state = 'approved';
