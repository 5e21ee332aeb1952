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
CREATE TABLE public.expectation_facts (
    event_id uuid NOT NULL,
    person_id uuid NOT NULL,
    sequence bigint NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    step text NOT NULL,
    expectation_id uuid NOT NULL,
    from_establishment text NOT NULL,
    to_establishment text NOT NULL,
    due_at timestamp with time zone NOT NULL,
    arrived_at timestamp with time zone
);
COMMENT ON TABLE public.expectation_facts IS 'Append-only: every event about an expected arrival';
CREATE TABLE public.holes (
    publisher text NOT NULL,
    subject uuid NOT NULL,
    sequence bigint NOT NULL,
    noticed_at timestamp with time zone NOT NULL,
    absent_at timestamp with time zone
);
COMMENT ON TABLE public.holes IS 'Sequence numbers whose successor came without them';
COMMENT ON COLUMN public.holes.absent_at IS 'When the publisher said that it has no such event';
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
CREATE TABLE public.movement_facts (
    event_id uuid NOT NULL,
    person_id uuid NOT NULL,
    sequence bigint NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    action text NOT NULL,
    movement_id uuid NOT NULL,
    stay_id uuid NOT NULL,
    kind text NOT NULL,
    establishment text NOT NULL,
    destination_establishment text,
    occurred_at timestamp with time zone NOT NULL,
    emitted_at timestamp with time zone NOT NULL
);
COMMENT ON TABLE public.movement_facts IS 'Append-only: every event about a movement';
CREATE TABLE public.obligation_facts (
    event_id uuid NOT NULL,
    person_id uuid NOT NULL,
    sequence bigint NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    obligation_id uuid NOT NULL,
    establishment text NOT NULL,
    recipient_role text NOT NULL,
    outcome text NOT NULL,
    fact_occurred_at timestamp with time zone NOT NULL,
    fact_recorded_at timestamp with time zone NOT NULL,
    settled_at timestamp with time zone NOT NULL
);
COMMENT ON TABLE public.obligation_facts IS 'Append-only: every outcome of an obligation';
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
INSERT INTO public.alembic_version VALUES ('0002');
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_key_id_key UNIQUE (key_id);
ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_pkey PRIMARY KEY (key_sha256);
ALTER TABLE ONLY public.checkpoint
    ADD CONSTRAINT checkpoint_pkey PRIMARY KEY (consumer_group, cluster_id, topic, partition);
ALTER TABLE ONLY public.expectation_facts
    ADD CONSTRAINT expectation_facts_pkey PRIMARY KEY (event_id);
ALTER TABLE ONLY public.holes
    ADD CONSTRAINT holes_pkey PRIMARY KEY (publisher, subject, sequence);
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
ALTER TABLE ONLY public.movement_facts
    ADD CONSTRAINT movement_facts_pkey PRIMARY KEY (event_id);
ALTER TABLE ONLY public.obligation_facts
    ADD CONSTRAINT obligation_facts_pkey PRIMARY KEY (event_id);
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.parked
    ADD CONSTRAINT parked_cluster_id_topic_partition_record_offset_record_sha2_key UNIQUE (cluster_id, topic, partition, record_offset, record_sha256);
ALTER TABLE ONLY public.parked
    ADD CONSTRAINT parked_event_id_key UNIQUE (event_id);
ALTER TABLE ONLY public.parked
    ADD CONSTRAINT parked_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.pauses
    ADD CONSTRAINT pauses_pkey PRIMARY KEY (part);
ALTER TABLE ONLY public.reconciliations
    ADD CONSTRAINT reconciliations_pkey PRIMARY KEY (publisher);
ALTER TABLE ONLY public.seals
    ADD CONSTRAINT seals_pkey PRIMARY KEY (publisher, window_start);
ALTER TABLE ONLY public.subjects
    ADD CONSTRAINT subjects_pkey PRIMARY KEY (subject);
CREATE INDEX ix_expectation_facts_due ON public.expectation_facts USING btree (from_establishment, due_at);
CREATE INDEX ix_expectation_facts_expectation ON public.expectation_facts USING btree (expectation_id);
CREATE INDEX ix_inbox_recorded_at ON public.inbox USING brin (recorded_at) WITH (autosummarize='true');
CREATE INDEX ix_ledger_recorded_at ON public.ledger USING brin (recorded_at) WITH (autosummarize='true');
CREATE INDEX ix_movement_facts_establishment ON public.movement_facts USING btree (establishment, person_id, movement_id);
CREATE INDEX ix_movement_facts_movement ON public.movement_facts USING btree (person_id, movement_id);
CREATE INDEX ix_obligation_facts_obligation ON public.obligation_facts USING btree (obligation_id);
CREATE INDEX ix_obligation_facts_settled ON public.obligation_facts USING btree (establishment, settled_at);
CREATE INDEX ix_parked_blocking ON public.parked USING btree (publisher, subject, sequence) WHERE (state = 'parked'::text);
CREATE INDEX ix_seals_unsealed ON public.seals USING btree (publisher, window_start) WHERE (state <> 'sealed'::text);
CREATE INDEX ix_seals_verified_at ON public.seals USING btree (publisher, verified_at);
