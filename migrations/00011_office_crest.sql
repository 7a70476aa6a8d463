-- More of what an administrator may edit of an office under § 5: the weights of the indicators, and the crest.

-- +goose Up
ALTER TABLE offices
    ADD COLUMN weights      jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(weights) = 'object'), -- by role; one that is missing is 1
    ADD COLUMN crest        bytea CHECK (substring(crest FOR 8) = '\x89504e470d0a1a0a'::bytea), -- a PNG of the service's own making
    ADD COLUMN crest_sha256 bytea CHECK (crest_sha256 = sha256(crest)),
    ADD CONSTRAINT offices_crest_hash CHECK ((crest IS NULL) = (crest_sha256 IS NULL));
