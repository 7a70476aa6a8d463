-- Every view of an office's public results asks which of their remarks are still approved.

-- +goose NO TRANSACTION
-- +goose Up
-- By the text's sum, as texts are longer than an index takes. Concurrently, so that nobody who sends a remark waits for it.
CREATE INDEX CONCURRENTLY IF NOT EXISTS remarks_approved ON remarks (tenant_id, md5(text)) WHERE state = 'approved';
