CREATE FUNCTION public.record_transition() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
        BEGIN
            INSERT INTO transitions (obligation_id, status, reason, changed_at)
            VALUES (NEW.obligation_id, NEW.status, NEW.reason, clock_timestamp());
            RETURN NULL;
        END
        $$;
CREATE FUNCTION public.want_audit() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
        BEGIN
            INSERT INTO audit_wanted (person_id) VALUES (OLD.person_id);
            RETURN NULL;
        END
        $$;
CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.api_keys (
    key_sha256 text NOT NULL,
    key_id uuid NOT NULL,
    source_id uuid NOT NULL,
    establishment text,
    scopes text[] NOT NULL,
    revoked_at timestamp with time zone
);
COMMENT ON TABLE public.api_keys IS 'Replica of the keys that admission granted';
CREATE TABLE public.attempts (
    attempt_id uuid NOT NULL,
    obligation_id uuid NOT NULL,
    number smallint NOT NULL,
    step smallint NOT NULL,
    channel text NOT NULL,
    contact_id uuid,
    status text NOT NULL,
    reason text,
    provider_id text,
    template text,
    claimed_at timestamp with time zone NOT NULL,
    lease_until timestamp with time zone NOT NULL,
    answered_at timestamp with time zone
);
CREATE TABLE public.audit_progress (
    the_only boolean DEFAULT true NOT NULL,
    changes_until timestamp with time zone NOT NULL,
    swept_to uuid,
    swept_at timestamp with time zone,
    CONSTRAINT one_row CHECK (the_only)
);
COMMENT ON COLUMN public.audit_progress.changes_until IS 'Changes before this were audited';
COMMENT ON COLUMN public.audit_progress.swept_to IS 'The slow sweep over all persons came this far';
COMMENT ON COLUMN public.audit_progress.swept_at IS 'When it last came to the end';
CREATE TABLE public.audit_wanted (
    id bigint NOT NULL,
    person_id uuid NOT NULL
);
COMMENT ON TABLE public.audit_wanted IS 'Persons to be audited at the next turn; a person may stand here several times';
ALTER TABLE public.audit_wanted ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.audit_wanted_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.audited_days (
    person_id uuid NOT NULL,
    day date NOT NULL,
    establishment text NOT NULL,
    derived integer NOT NULL,
    found integer NOT NULL,
    missing integer NOT NULL,
    unexpected integer NOT NULL
);
COMMENT ON TABLE public.audited_days IS 'What the last audit of each person found';
COMMENT ON COLUMN public.audited_days.day IS 'Of recording, in UTC';
COMMENT ON COLUMN public.audited_days.establishment IS 'That stated the facts';
COMMENT ON COLUMN public.audited_days.derived IS 'Obligations that the ledgers'' events make due';
COMMENT ON COLUMN public.audited_days.found IS 'Obligations that were there';
CREATE TABLE public.checkpoint (
    consumer_group text NOT NULL,
    cluster_id text NOT NULL,
    topic text NOT NULL,
    partition integer NOT NULL,
    epoch bigint NOT NULL,
    next_offset bigint
);
COMMENT ON TABLE public.checkpoint IS 'Position of each partition; moves only in the transaction that applies the records';
COMMENT ON COLUMN public.checkpoint.epoch IS 'Raised by every new owner: fences the old one';
COMMENT ON COLUMN public.checkpoint.next_offset IS 'First record not applied; none until claimed';
CREATE TABLE public.contact_points (
    contact_id uuid NOT NULL,
    member_id uuid NOT NULL,
    channel text NOT NULL,
    value bytea NOT NULL,
    value_index bytea NOT NULL,
    state text NOT NULL,
    changed_at timestamp with time zone NOT NULL
);
COMMENT ON COLUMN public.contact_points.value IS 'Sealed with the person''s key';
COMMENT ON COLUMN public.contact_points.value_index IS 'Blind: finds the same contact';
CREATE TABLE public.delivery_reports (
    report_id bigint NOT NULL,
    attempt_id uuid NOT NULL,
    provider_id text,
    state text NOT NULL,
    detail text,
    received_at timestamp with time zone NOT NULL,
    applied_at timestamp with time zone
);
ALTER TABLE public.delivery_reports ALTER COLUMN report_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.delivery_reports_report_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.facts (
    event_id uuid NOT NULL,
    person_id uuid NOT NULL,
    publisher text NOT NULL,
    sequence bigint NOT NULL,
    type text NOT NULL,
    stated_by text,
    occurred_at timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    trace text,
    data bytea NOT NULL,
    known_at timestamp with time zone DEFAULT clock_timestamp()
);
COMMENT ON COLUMN public.facts.stated_by IS 'Establishment whose event it is';
COMMENT ON COLUMN public.facts.trace IS 'W3C trace context as JSON, of the span that applied it';
COMMENT ON COLUMN public.facts.data IS 'The payload as JSON';
COMMENT ON COLUMN public.facts.known_at IS 'By the clock of the database';
CREATE TABLE public.holes (
    publisher text NOT NULL,
    subject uuid NOT NULL,
    sequence bigint NOT NULL,
    noticed_at timestamp with time zone NOT NULL,
    absent_at timestamp with time zone
);
COMMENT ON TABLE public.holes IS 'Sequence numbers whose successor came without them';
COMMENT ON COLUMN public.holes.absent_at IS 'When the publisher said that it has no such event';
CREATE TABLE public.human_tasks (
    obligation_id uuid NOT NULL,
    reason text NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    closed_at timestamp with time zone
);
CREATE TABLE public.inbox (
    event_id uuid NOT NULL,
    publisher text NOT NULL,
    subject uuid NOT NULL,
    sequence bigint NOT NULL,
    applied_at timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    establishment text
);
COMMENT ON TABLE public.inbox IS 'Every event this service applied, once';
COMMENT ON COLUMN public.inbox.recorded_at IS 'By the publisher: both sides agree on it';
COMMENT ON COLUMN public.inbox.establishment IS 'Whose fact it states, as the payload says';
CREATE TABLE public.ledger (
    id bigint NOT NULL,
    event_id uuid NOT NULL,
    subject uuid NOT NULL,
    sequence bigint NOT NULL,
    type text NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    trace text,
    data bytea NOT NULL,
    establishment text
);
COMMENT ON TABLE public.ledger IS 'Append-only: everything this service ever published';
COMMENT ON COLUMN public.ledger.trace IS 'W3C trace context as JSON';
COMMENT ON COLUMN public.ledger.data IS 'JSON, copied to the broker byte for byte';
COMMENT ON COLUMN public.ledger.establishment IS 'Whose fact it states, as the payload says';
ALTER TABLE public.ledger ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.ledger_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.members (
    member_id uuid NOT NULL,
    person_id uuid NOT NULL,
    role text NOT NULL,
    carer_id uuid,
    establishment text,
    alias bytea,
    basis text NOT NULL,
    consent bytea,
    channels text[] NOT NULL,
    night boolean NOT NULL,
    discretion smallint NOT NULL,
    joined_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    CONSTRAINT carer_or_professional CHECK (((carer_id IS NULL) <> (establishment IS NULL)))
);
COMMENT ON COLUMN public.members.alias IS 'Sealed with the person''s key';
COMMENT ON COLUMN public.members.consent IS 'Sealed with the person''s key';
CREATE TABLE public.obligation_differences (
    event_id uuid NOT NULL,
    recipient_id uuid NOT NULL,
    kind text NOT NULL,
    difference text NOT NULL,
    reason text NOT NULL,
    person_id uuid NOT NULL,
    establishment text NOT NULL,
    day date NOT NULL,
    noticed_at timestamp with time zone NOT NULL,
    settled_at timestamp with time zone,
    settled_as text
);
COMMENT ON TABLE public.obligation_differences IS 'Where the derivation from the ledgers and the table of obligations did not agree';
COMMENT ON COLUMN public.obligation_differences.difference IS 'missing, unexpected or told_without_right';
COMMENT ON COLUMN public.obligation_differences.reason IS 'A constant phrase';
COMMENT ON COLUMN public.obligation_differences.settled_at IS 'When it was no more';
COMMENT ON COLUMN public.obligation_differences.settled_as IS 'repaired, or gone by itself';
CREATE TABLE public.obligations (
    obligation_id uuid NOT NULL,
    event_id uuid NOT NULL,
    recipient_id uuid NOT NULL,
    kind text NOT NULL,
    person_id uuid NOT NULL,
    recipient_role text NOT NULL,
    stated_by text NOT NULL,
    aspect text NOT NULL,
    fact_key text NOT NULL,
    shown_kind text NOT NULL,
    said text NOT NULL,
    fact_occurred_at timestamp with time zone NOT NULL,
    fact_recorded_at timestamp with time zone NOT NULL,
    fact_sequence bigint NOT NULL,
    status text NOT NULL,
    reason text,
    barred_by text,
    superseded_by uuid,
    lane text NOT NULL,
    held boolean NOT NULL,
    not_before timestamp with time zone NOT NULL,
    deadline timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    next_action_at timestamp with time zone,
    channel text,
    evidence text,
    created_at timestamp with time zone NOT NULL,
    settled_at timestamp with time zone,
    trace text,
    human_at timestamp with time zone,
    human_by bytea,
    human_source uuid,
    CONSTRAINT no_orphan CHECK (((next_action_at IS NULL) = (status = ANY (ARRAY['informed'::text, 'acknowledged'::text, 'handled_by_human'::text, 'superseded'::text, 'suppressed'::text, 'expired'::text]))))
);
COMMENT ON COLUMN public.obligations.stated_by IS 'Establishment that stated the fact';
COMMENT ON COLUMN public.obligations.aspect IS 'What the news is about; older news is not sent after newer';
COMMENT ON COLUMN public.obligations.fact_key IS 'The fact whose versions supersede each other';
COMMENT ON COLUMN public.obligations.shown_kind IS 'The fact that the reader is told';
COMMENT ON COLUMN public.obligations.said IS 'Equal for equal words';
COMMENT ON COLUMN public.obligations.barred_by IS 'Why it is not sent again, once what is open is known';
COMMENT ON COLUMN public.obligations.superseded_by IS 'The event that made it old news';
COMMENT ON COLUMN public.obligations.lane IS 'Channel that is due next';
COMMENT ON COLUMN public.obligations.channel IS 'The one that reached the recipient';
COMMENT ON COLUMN public.obligations.trace IS 'W3C trace context as JSON';
COMMENT ON COLUMN public.obligations.human_by IS 'Sealed with the person''s key';
COMMENT ON COLUMN public.obligations.human_source IS 'The caller who said so';
CREATE TABLE public.outbox (
    id bigint NOT NULL,
    ledger_id bigint NOT NULL
);
COMMENT ON TABLE public.outbox IS 'What the broker has not acknowledged yet, in the order to send it';
ALTER TABLE public.outbox ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.outbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.page_tokens (
    token_sha256 bytea NOT NULL,
    obligation_id uuid NOT NULL,
    expires_at timestamp with time zone NOT NULL
);
CREATE TABLE public.parked (
    id bigint NOT NULL,
    state text DEFAULT 'parked'::text NOT NULL,
    reason text NOT NULL,
    parked_at timestamp with time zone NOT NULL,
    settled_at timestamp with time zone,
    event_id uuid,
    publisher text,
    subject uuid,
    sequence bigint,
    type text,
    cluster_id text NOT NULL,
    topic text NOT NULL,
    partition integer NOT NULL,
    record_offset bigint NOT NULL,
    record_sha256 bytea NOT NULL,
    key bytea,
    headers bytea NOT NULL,
    value bytea,
    recorded_at timestamp with time zone,
    establishment text,
    settled_by text,
    settled_because text
);
COMMENT ON TABLE public.parked IS 'Events that are wrong or wait behind one that is; state: parked, applied or dismissed';
COMMENT ON COLUMN public.parked.reason IS 'A constant phrase, no personal data';
COMMENT ON COLUMN public.parked.settled_at IS 'When a person had it re-applied or dismissed it';
COMMENT ON COLUMN public.parked.event_id IS 'None when the record could not be read that far';
COMMENT ON COLUMN public.parked.headers IS 'JSON list of [name, base64 value]';
ALTER TABLE public.parked ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.parked_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.pauses (
    part text NOT NULL,
    paused_by text NOT NULL,
    because text NOT NULL,
    paused_at timestamp with time zone NOT NULL
);
COMMENT ON TABLE public.pauses IS 'What a person stopped, and why; a row that is gone is resumed';
COMMENT ON COLUMN public.pauses.part IS 'consumer, intake, sending or relay';
CREATE TABLE public.persons (
    person_id uuid NOT NULL,
    wrapped_key bytea
);
COMMENT ON COLUMN public.persons.wrapped_key IS 'From the first enrolment on; without it, erased';
CREATE TABLE public.presence (
    person_id uuid NOT NULL,
    establishment text NOT NULL
);
CREATE TABLE public.reconciliations (
    publisher text NOT NULL,
    completed_at timestamp with time zone NOT NULL,
    result jsonb NOT NULL
);
COMMENT ON TABLE public.reconciliations IS 'The last complete comparison with each publisher';
COMMENT ON COLUMN public.reconciliations.result IS 'What the comparison found and did';
CREATE TABLE public.seals (
    publisher text NOT NULL,
    window_start timestamp with time zone NOT NULL,
    state text NOT NULL,
    total bigint,
    counts bigint[],
    digests bigint[],
    tallies jsonb,
    verified_at timestamp with time zone
);
COMMENT ON TABLE public.seals IS 'What each hour that is over holds: of our ledger, and of what we hold of other publishers';
COMMENT ON COLUMN public.seals.state IS 'open, counting or sealed; a late writer opens it again';
COMMENT ON COLUMN public.seals.counts IS 'Events in each bucket';
COMMENT ON COLUMN public.seals.digests IS 'Of each bucket';
COMMENT ON COLUMN public.seals.tallies IS 'Events of each establishment';
COMMENT ON COLUMN public.seals.verified_at IS 'When it was last counted';
CREATE TABLE public.subjects (
    subject uuid NOT NULL,
    last_sequence bigint NOT NULL
);
COMMENT ON TABLE public.subjects IS 'Last sequence drawn per subject; its row lock orders the writers of a subject';
CREATE TABLE public.transitions (
    id bigint NOT NULL,
    obligation_id uuid NOT NULL,
    status text NOT NULL,
    reason text,
    changed_at timestamp with time zone NOT NULL
);
ALTER TABLE public.transitions ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.transitions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
INSERT INTO public.alembic_version VALUES ('0004');
INSERT INTO public.audit_progress VALUES (true, '2026-11-28 14:01:40.897232+00', NULL, NULL);
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_key_id_key UNIQUE (key_id);
ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_pkey PRIMARY KEY (key_sha256);
ALTER TABLE ONLY public.attempts
    ADD CONSTRAINT attempts_obligation_id_number_key UNIQUE (obligation_id, number);
ALTER TABLE ONLY public.attempts
    ADD CONSTRAINT attempts_pkey PRIMARY KEY (attempt_id);
ALTER TABLE ONLY public.audit_progress
    ADD CONSTRAINT audit_progress_pkey PRIMARY KEY (the_only);
ALTER TABLE ONLY public.audit_wanted
    ADD CONSTRAINT audit_wanted_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.audited_days
    ADD CONSTRAINT audited_days_pkey PRIMARY KEY (person_id, day, establishment);
ALTER TABLE ONLY public.checkpoint
    ADD CONSTRAINT checkpoint_pkey PRIMARY KEY (consumer_group, cluster_id, topic, partition);
ALTER TABLE ONLY public.contact_points
    ADD CONSTRAINT contact_points_member_id_channel_key UNIQUE (member_id, channel);
ALTER TABLE ONLY public.contact_points
    ADD CONSTRAINT contact_points_pkey PRIMARY KEY (contact_id);
ALTER TABLE ONLY public.delivery_reports
    ADD CONSTRAINT delivery_reports_pkey PRIMARY KEY (report_id);
ALTER TABLE ONLY public.facts
    ADD CONSTRAINT facts_pkey PRIMARY KEY (event_id);
ALTER TABLE ONLY public.holes
    ADD CONSTRAINT holes_pkey PRIMARY KEY (publisher, subject, sequence);
ALTER TABLE ONLY public.human_tasks
    ADD CONSTRAINT human_tasks_pkey PRIMARY KEY (obligation_id);
ALTER TABLE ONLY public.inbox
    ADD CONSTRAINT inbox_pkey PRIMARY KEY (event_id);
ALTER TABLE ONLY public.inbox
    ADD CONSTRAINT inbox_publisher_subject_sequence_key UNIQUE (publisher, subject, sequence);
ALTER TABLE ONLY public.ledger
    ADD CONSTRAINT ledger_event_id_key UNIQUE (event_id);
ALTER TABLE ONLY public.ledger
    ADD CONSTRAINT ledger_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.ledger
    ADD CONSTRAINT ledger_subject_sequence_key UNIQUE (subject, sequence);
ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_pkey PRIMARY KEY (member_id);
ALTER TABLE ONLY public.obligation_differences
    ADD CONSTRAINT obligation_differences_pkey PRIMARY KEY (event_id, recipient_id, kind, difference);
ALTER TABLE ONLY public.obligations
    ADD CONSTRAINT obligations_event_id_recipient_id_kind_key UNIQUE (event_id, recipient_id, kind);
ALTER TABLE ONLY public.obligations
    ADD CONSTRAINT obligations_pkey PRIMARY KEY (obligation_id);
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.page_tokens
    ADD CONSTRAINT page_tokens_pkey PRIMARY KEY (token_sha256);
ALTER TABLE ONLY public.parked
    ADD CONSTRAINT parked_cluster_id_topic_partition_record_offset_record_sha2_key UNIQUE (cluster_id, topic, partition, record_offset, record_sha256);
ALTER TABLE ONLY public.parked
    ADD CONSTRAINT parked_event_id_key UNIQUE (event_id);
ALTER TABLE ONLY public.parked
    ADD CONSTRAINT parked_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.pauses
    ADD CONSTRAINT pauses_pkey PRIMARY KEY (part);
ALTER TABLE ONLY public.persons
    ADD CONSTRAINT persons_pkey PRIMARY KEY (person_id);
ALTER TABLE ONLY public.presence
    ADD CONSTRAINT presence_pkey PRIMARY KEY (person_id, establishment);
ALTER TABLE ONLY public.reconciliations
    ADD CONSTRAINT reconciliations_pkey PRIMARY KEY (publisher);
ALTER TABLE ONLY public.seals
    ADD CONSTRAINT seals_pkey PRIMARY KEY (publisher, window_start);
ALTER TABLE ONLY public.subjects
    ADD CONSTRAINT subjects_pkey PRIMARY KEY (subject);
ALTER TABLE ONLY public.transitions
    ADD CONSTRAINT transitions_pkey PRIMARY KEY (id);
CREATE INDEX ix_attempts_claimed ON public.attempts USING btree (lease_until) WHERE (status = 'claimed'::text);
CREATE INDEX ix_audited_days_day ON public.audited_days USING btree (day);
CREATE INDEX ix_contact_points_member_id ON public.contact_points USING btree (member_id);
CREATE INDEX ix_contact_points_value_index ON public.contact_points USING btree (value_index);
CREATE INDEX ix_delivery_reports_attempt_id ON public.delivery_reports USING btree (attempt_id);
CREATE INDEX ix_delivery_reports_waiting ON public.delivery_reports USING btree (received_at) WHERE (applied_at IS NULL);
CREATE INDEX ix_facts_known_at ON public.facts USING brin (known_at) WITH (autosummarize='true');
CREATE INDEX ix_facts_person_id ON public.facts USING btree (person_id);
CREATE INDEX ix_inbox_recorded_at ON public.inbox USING brin (recorded_at) WITH (autosummarize='true');
CREATE INDEX ix_ledger_recorded_at ON public.ledger USING brin (recorded_at) WITH (autosummarize='true');
CREATE INDEX ix_members_joined_at ON public.members USING btree (joined_at);
CREATE INDEX ix_members_person_id ON public.members USING btree (person_id);
CREATE INDEX ix_members_revoked_at ON public.members USING btree (revoked_at) WHERE (revoked_at IS NOT NULL);
CREATE INDEX ix_obligation_differences_day ON public.obligation_differences USING btree (day);
CREATE INDEX ix_obligation_differences_open ON public.obligation_differences USING btree (difference) WHERE (settled_at IS NULL);
CREATE INDEX ix_obligation_differences_person_id ON public.obligation_differences USING btree (person_id);
CREATE INDEX ix_obligations_due ON public.obligations USING btree (lane, next_action_at) WHERE (next_action_at IS NOT NULL);
CREATE INDEX ix_obligations_fact_recorded_at ON public.obligations USING brin (fact_recorded_at) WITH (autosummarize='true');
CREATE INDEX ix_obligations_open ON public.obligations USING btree (person_id) WHERE (next_action_at IS NOT NULL);
CREATE INDEX ix_obligations_person_id ON public.obligations USING btree (person_id);
CREATE INDEX ix_obligations_recipient_id ON public.obligations USING btree (recipient_id);
CREATE INDEX ix_page_tokens_obligation_id ON public.page_tokens USING btree (obligation_id);
CREATE INDEX ix_parked_blocking ON public.parked USING btree (publisher, subject, sequence) WHERE (state = 'parked'::text);
CREATE INDEX ix_seals_unsealed ON public.seals USING btree (publisher, window_start) WHERE (state <> 'sealed'::text);
CREATE INDEX ix_seals_verified_at ON public.seals USING btree (publisher, verified_at);
CREATE INDEX ix_transitions_changed_at ON public.transitions USING brin (changed_at) WITH (autosummarize='true');
CREATE INDEX ix_transitions_obligation_id ON public.transitions USING btree (obligation_id);
CREATE UNIQUE INDEX uq_members_carer ON public.members USING btree (person_id, carer_id) WHERE ((revoked_at IS NULL) AND (carer_id IS NOT NULL));
CREATE UNIQUE INDEX uq_members_professional ON public.members USING btree (person_id, establishment) WHERE ((revoked_at IS NULL) AND (establishment IS NOT NULL));
CREATE TRIGGER obligation_begins AFTER INSERT ON public.obligations FOR EACH ROW EXECUTE FUNCTION public.record_transition();
CREATE TRIGGER obligation_changes AFTER UPDATE OF status ON public.obligations FOR EACH ROW WHEN ((old.status IS DISTINCT FROM new.status)) EXECUTE FUNCTION public.record_transition();
CREATE TRIGGER obligation_vanishes AFTER DELETE ON public.obligations FOR EACH ROW EXECUTE FUNCTION public.want_audit();
ALTER TABLE ONLY public.contact_points
    ADD CONSTRAINT contact_points_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(member_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.persons(person_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.obligations
    ADD CONSTRAINT obligations_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.persons(person_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.obligations
    ADD CONSTRAINT obligations_recipient_id_fkey FOREIGN KEY (recipient_id) REFERENCES public.members(member_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.page_tokens
    ADD CONSTRAINT page_tokens_obligation_id_fkey FOREIGN KEY (obligation_id) REFERENCES public.obligations(obligation_id) ON DELETE CASCADE;
