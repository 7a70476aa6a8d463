-- People of the office, what they did, and the paper that they type in.

-- +goose Up
CREATE TABLE accounts (
    tenant_id     bigint NOT NULL REFERENCES tenants,
    id            bigint GENERATED ALWAYS AS IDENTITY,
    login         text NOT NULL CHECK (login = lower(login)),
    name          text NOT NULL DEFAULT '',
    role          text NOT NULL CHECK (role IN ('administrator', 'employee', 'supervisor', 'analyst')),
    password_hash text NOT NULL DEFAULT '', -- '': invited, not yet set
    totp_secret   text NOT NULL DEFAULT '', -- '': not set up
    totp_step     bigint NOT NULL DEFAULT 0, -- the last step used: each code once (RFC 6238, 5.2)
    disabled      boolean NOT NULL DEFAULT false,
    created_at    timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, login)
);
CREATE TABLE invitations (
    tenant_id  bigint NOT NULL,
    token      bytea NOT NULL, -- SHA-256 of the token in the link
    account_id bigint NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, token),
    FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
);
CREATE TABLE recovery_codes (
    tenant_id  bigint NOT NULL,
    account_id bigint NOT NULL,
    hash       bytea NOT NULL,
    PRIMARY KEY (tenant_id, account_id, hash),
    FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
);
CREATE TABLE sessions (
    tenant_id  bigint NOT NULL,
    token      bytea NOT NULL, -- SHA-256 of the cookie
    account_id bigint NOT NULL,
    stage      text NOT NULL CHECK (stage IN ('password', 'full')),
    created_at timestamptz NOT NULL,
    seen_at    timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, token),
    FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
);
CREATE INDEX sessions_account ON sessions (tenant_id, account_id);

-- Append-only: the service may add and read, not change or delete. Kept two years (KRI, § 20).
CREATE TABLE audit_log (
    tenant_id bigint NOT NULL REFERENCES tenants,
    id        bigint GENERATED ALWAYS AS IDENTITY,
    at        timestamptz NOT NULL,
    actor     text NOT NULL, -- an account's login, or "operator"
    action    text NOT NULL,
    subject   text NOT NULL DEFAULT '',
    reason    text NOT NULL DEFAULT '', -- an operator's
    before    jsonb,
    after     jsonb,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX audit_log_at ON audit_log (tenant_id, at);

-- A run of printed sheets: serials first_serial … first_serial + copies − 1.
CREATE TABLE prints (
    tenant_id    bigint NOT NULL,
    first_serial bigint NOT NULL CHECK (first_serial > 0),
    copies       integer NOT NULL CHECK (copies BETWEEN 1 AND 500),
    version_id   bigint NOT NULL,
    printed_at   timestamptz NOT NULL,
    printed_by   text NOT NULL,
    PRIMARY KEY (tenant_id, first_serial),
    FOREIGN KEY (tenant_id, version_id) REFERENCES versions (tenant_id, id)
);

-- A stack of paper that is typed or scanned together.
CREATE TABLE batches (
    tenant_id        bigint NOT NULL,
    id               bigint GENERATED ALWAYS AS IDENTITY,
    version_id       bigint NOT NULL,
    service_point_id bigint,
    day              date NOT NULL,
    issued           integer CHECK (issued >= 0),
    returned         integer CHECK (returned >= 0),
    opened_by        text NOT NULL,
    opened_at        timestamptz NOT NULL,
    closed_by        text,
    closed_at        timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, version_id) REFERENCES versions (tenant_id, id),
    FOREIGN KEY (tenant_id, service_point_id) REFERENCES service_points (tenant_id, id),
    CHECK (returned <= issued)
);
CREATE TABLE batch_sheets (
    tenant_id     bigint NOT NULL,
    batch_id      bigint NOT NULL,
    submission_id uuid NOT NULL,
    number        integer NOT NULL, -- place in the stack
    serial        bigint, -- printed on the sheet; NULL: typed without a code
    PRIMARY KEY (tenant_id, batch_id, submission_id),
    UNIQUE (tenant_id, submission_id),
    UNIQUE (tenant_id, serial),
    FOREIGN KEY (tenant_id, batch_id) REFERENCES batches (tenant_id, id),
    FOREIGN KEY (tenant_id, submission_id) REFERENCES submissions (tenant_id, id)
);

-- +goose StatementBegin
DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['accounts', 'invitations', 'recovery_codes', 'sessions', 'audit_log', 'prints', 'batches', 'batch_sheets'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY tenant ON %I TO ocena_app USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant())', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['accounts', 'invitations', 'audit_log', 'sessions', 'recovery_codes'] LOOP
        EXECUTE format('CREATE POLICY operator ON %I TO ocena_operator USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant())', t);
    END LOOP;
END
$$;
-- +goose StatementEnd

GRANT SELECT, INSERT, UPDATE ON accounts TO ocena_app;
GRANT SELECT, INSERT, DELETE ON invitations, recovery_codes TO ocena_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON sessions TO ocena_app;
GRANT SELECT, INSERT ON audit_log, prints TO ocena_app;
GRANT SELECT, INSERT ON batches TO ocena_app;
GRANT UPDATE (issued, returned, closed_by, closed_at) ON batches TO ocena_app;
GRANT SELECT ON batch_sheets TO ocena_app;

-- The operator invites and resets; a password or a second factor it can only take away, never set.
GRANT SELECT (tenant_id, id, login, name, role, disabled, created_at) ON accounts TO ocena_operator;
GRANT INSERT (tenant_id, login, name, role, created_at) ON accounts TO ocena_operator;
GRANT UPDATE (password_hash, totp_secret) ON accounts TO ocena_operator;
GRANT INSERT ON invitations, audit_log TO ocena_operator;
GRANT SELECT (tenant_id, account_id), DELETE ON invitations, sessions, recovery_codes TO ocena_operator;
-- +goose StatementBegin
CREATE FUNCTION operator_takes_away() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF current_user = 'ocena_operator' AND (NEW.password_hash <> '' OR NEW.totp_secret <> '') THEN
        RAISE EXCEPTION 'an operator never sets a password or a second factor' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER operator_takes_away BEFORE INSERT OR UPDATE ON accounts FOR EACH ROW EXECUTE FUNCTION operator_takes_away();

-- Paper comes in by the same door as everything else; a closed batch takes no more.
CREATE POLICY intake ON batch_sheets FOR INSERT TO ocena_intake WITH CHECK (tenant_id = ANY (intake_tenants()));
CREATE POLICY intake ON batches FOR SELECT TO ocena_intake USING (tenant_id = ANY (intake_tenants()));
CREATE POLICY intake_lock ON batches FOR UPDATE TO ocena_intake USING (tenant_id = ANY (intake_tenants())) WITH CHECK (false);
GRANT INSERT ON batch_sheets TO ocena_intake;
GRANT SELECT (tenant_id, id, closed_at) ON batches TO ocena_intake;
GRANT UPDATE (id) ON batches TO ocena_intake; -- FOR SHARE asks for it; the policy lets no update through

-- The search_path of triggers is set: a temporary table of the same name would otherwise be asked instead.
-- +goose StatementBegin
CREATE FUNCTION require_open_batch() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM FROM batches b WHERE b.tenant_id = NEW.tenant_id AND b.id = NEW.batch_id AND b.closed_at IS NULL FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'batch % is closed', NEW.batch_id USING ERRCODE = 'OC002';
    END IF;
    RETURN NEW;
END
$$;

-- Answers are never edited, but for a typed sheet within its open batch.
CREATE FUNCTION require_open_sheet() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM FROM batch_sheets bs JOIN batches b ON b.tenant_id = bs.tenant_id AND b.id = bs.batch_id
    WHERE bs.tenant_id = OLD.tenant_id AND bs.submission_id = OLD.id AND b.closed_at IS NULL FOR SHARE OF b;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'submission is of no open batch' USING ERRCODE = 'OC002';
    END IF;
    RETURN NEW;
END
$$;

-- A closed batch stays as it is, so that nobody opens it again to correct a sheet.
CREATE FUNCTION refuse_closed() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'batch % is closed', OLD.id USING ERRCODE = 'OC002';
END
$$;
-- +goose StatementEnd
CREATE TRIGGER refuse_closed BEFORE UPDATE ON batches FOR EACH ROW WHEN (OLD.closed_at IS NOT NULL) EXECUTE FUNCTION refuse_closed();
CREATE TRIGGER require_open_batch BEFORE INSERT ON batch_sheets FOR EACH ROW EXECUTE FUNCTION require_open_batch();
CREATE TRIGGER require_open_sheet BEFORE UPDATE ON submissions FOR EACH ROW EXECUTE FUNCTION require_open_sheet();
