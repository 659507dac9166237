-- A store as revision 0001 made it (git eebffd0), with invented rows. Never changed: stores like it are out there.
BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE candidates (
	paper INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	score FLOAT NOT NULL, 
	queued DATETIME NOT NULL, 
	entry TEXT, 
	filed BOOLEAN NOT NULL, 
	accepted_by INTEGER, 
	CONSTRAINT pk_candidates PRIMARY KEY (paper), 
	CONSTRAINT fk_candidates_paper FOREIGN KEY(paper) REFERENCES papers (number) ON DELETE CASCADE
);
INSERT INTO "candidates" VALUES(1,'accepted',1,0.9,'2025-06-12 23:30:00.000000','entries/2025/hearts.toml',1,1);
INSERT INTO "candidates" VALUES(2,'pending',0,0.45,'2025-06-12 23:30:00.000000',NULL,1,NULL);
CREATE TABLE cursors (
	source TEXT NOT NULL, 
	until DATETIME, 
	batch DATETIME, 
	validators JSON NOT NULL, 
	progress JSON, 
	CONSTRAINT pk_cursors PRIMARY KEY (source)
);
INSERT INTO "cursors" VALUES('arxiv','2025-06-12 23:30:00.000000','2025-06-13 00:00:00.000000','{}',NULL);
CREATE TABLE decisions (
	id INTEGER NOT NULL, 
	paper INTEGER NOT NULL, 
	action TEXT NOT NULL, 
	via TEXT NOT NULL, 
	labels JSON, 
	kind TEXT, 
	reason TEXT NOT NULL, 
	"by" TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_decisions PRIMARY KEY (id), 
	CONSTRAINT fk_decisions_paper FOREIGN KEY(paper) REFERENCES papers (number) ON DELETE CASCADE
);
INSERT INTO "decisions" VALUES(1,1,'accept','review','{"task": ["segmentation"], "modality": ["cmr"], "disease": []}','research','','ann','2025-06-12 23:30:00.000000');
CREATE TABLE deliveries (
	id INTEGER NOT NULL, 
	digest INTEGER NOT NULL, 
	subscriber INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	papers JSON NOT NULL, 
	message_id TEXT NOT NULL, 
	changed DATETIME NOT NULL, 
	error TEXT NOT NULL, 
	CONSTRAINT pk_deliveries PRIMARY KEY (id), 
	CONSTRAINT fk_deliveries_digest FOREIGN KEY(digest) REFERENCES digests (id), 
	CONSTRAINT fk_deliveries_subscriber FOREIGN KEY(subscriber) REFERENCES subscribers (id) ON DELETE CASCADE, 
	CONSTRAINT uq_deliveries_digest_subscriber UNIQUE (digest, subscriber)
);
INSERT INTO "deliveries" VALUES(1,1,1,'sent','[1]','<1@example.org>','2025-06-12 23:30:00.000000','');
CREATE TABLE digests (
	id INTEGER NOT NULL, 
	day DATE NOT NULL, 
	composed DATETIME NOT NULL, 
	CONSTRAINT pk_digests PRIMARY KEY (id), 
	CONSTRAINT uq_digests_day UNIQUE (day)
);
INSERT INTO "digests" VALUES(1,'2025-06-12','2025-06-12 23:30:00.000000');
CREATE TABLE gates (
	name TEXT NOT NULL, 
	not_before FLOAT NOT NULL, 
	CONSTRAINT pk_gates PRIMARY KEY (name)
);
INSERT INTO "gates" VALUES('arxiv',1749771000.0);
CREATE TABLE identifiers (
	name TEXT NOT NULL, 
	paper INTEGER NOT NULL, 
	CONSTRAINT pk_identifiers PRIMARY KEY (name), 
	CONSTRAINT fk_identifiers_paper FOREIGN KEY(paper) REFERENCES papers (number) ON DELETE CASCADE
);
INSERT INTO "identifiers" VALUES('arxiv:2506.00001',1);
INSERT INTO "identifiers" VALUES('doi:10.1000/hearts.1',1);
INSERT INTO "identifiers" VALUES('arxiv:2506.00002',2);
INSERT INTO "identifiers" VALUES('title:nothingabouthearts',3);
CREATE TABLE mailed (
	subscriber INTEGER NOT NULL, 
	paper INTEGER NOT NULL, 
	delivery INTEGER NOT NULL, 
	CONSTRAINT pk_mailed PRIMARY KEY (subscriber, paper), 
	CONSTRAINT fk_mailed_delivery FOREIGN KEY(delivery) REFERENCES deliveries (id) ON DELETE CASCADE, 
	CONSTRAINT fk_mailed_paper FOREIGN KEY(paper) REFERENCES papers (number) ON DELETE CASCADE, 
	CONSTRAINT fk_mailed_subscriber FOREIGN KEY(subscriber) REFERENCES subscribers (id) ON DELETE CASCADE
);
INSERT INTO "mailed" VALUES(1,1,1);
CREATE TABLE papers (
	number INTEGER NOT NULL, 
	title TEXT NOT NULL, 
	abstract TEXT NOT NULL, 
	authors JSON NOT NULL, 
	published DATETIME, 
	updated DATETIME, 
	version INTEGER NOT NULL, 
	categories JSON NOT NULL, 
	venue TEXT NOT NULL, 
	comment TEXT NOT NULL, 
	links JSON NOT NULL, 
	keywords JSON NOT NULL, 
	upvotes INTEGER, 
	withdrawn BOOLEAN NOT NULL, 
	authority INTEGER NOT NULL, 
	text_hash VARCHAR(64) NOT NULL, 
	added DATETIME NOT NULL, 
	CONSTRAINT pk_papers PRIMARY KEY (number)
);
INSERT INTO "papers" VALUES(1,'An invented study of hearts','Abstract 1 with 
 a line and a '' quote.','[["Ann Bee", ""]]','2025-06-12 23:30:00.000000',NULL,1,'["eess.IV"]','arXiv','','{"paper": "https://arxiv.org/abs/2506.00001"}','[]',NULL,0,3,'0000000000000000000000000000000000000000000000000000000000000001','2025-06-12 23:30:00.000000');
INSERT INTO "papers" VALUES(2,'Gefäße: an invented survey','Abstract 2 with 
 a line and a '' quote.','[["Ann Bee", ""]]','2025-06-12 23:30:00.000000',NULL,2,'["eess.IV"]','arXiv','','{"paper": "https://arxiv.org/abs/2506.00002"}','[]',NULL,0,3,'0000000000000000000000000000000000000000000000000000000000000002','2025-06-12 23:30:00.000000');
INSERT INTO "papers" VALUES(3,'Nothing about hearts','Abstract 3 with 
 a line and a '' quote.','[["Ann Bee", ""]]','2025-06-12 23:30:00.000000',NULL,3,'["eess.IV"]','arXiv','','{"paper": "https://arxiv.org/abs/2506.00003"}','[]',NULL,0,3,'0000000000000000000000000000000000000000000000000000000000000003','2025-06-12 23:30:00.000000');
CREATE TABLE predictions (
	id INTEGER NOT NULL, 
	paper INTEGER NOT NULL, 
	text_hash VARCHAR(64) NOT NULL, 
	model TEXT NOT NULL, 
	scope FLOAT NOT NULL, 
	in_scope BOOLEAN NOT NULL, 
	labels JSON NOT NULL, 
	kind TEXT NOT NULL, 
	unsure JSON NOT NULL, 
	probabilities JSON NOT NULL, 
	made DATETIME NOT NULL, 
	CONSTRAINT pk_predictions PRIMARY KEY (id), 
	CONSTRAINT fk_predictions_paper FOREIGN KEY(paper) REFERENCES papers (number) ON DELETE CASCADE, 
	CONSTRAINT uq_predictions_paper_text_hash_model UNIQUE (paper, text_hash, model)
);
INSERT INTO "predictions" VALUES(1,1,'0000000000000000000000000000000000000000000000000000000000000001','2025-12-31-272882',0.9,1,'{"task": ["segmentation"], "modality": ["cmr"], "disease": []}','research','["task:diagnosis"]','{}','2025-06-12 23:30:00.000000');
INSERT INTO "predictions" VALUES(2,2,'0000000000000000000000000000000000000000000000000000000000000002','2025-12-31-272882',0.45,1,'{"task": ["segmentation"], "modality": ["cmr"], "disease": []}','research','["task:diagnosis"]','{}','2025-06-12 23:30:00.000000');
INSERT INTO "predictions" VALUES(3,3,'0000000000000000000000000000000000000000000000000000000000000003','2025-12-31-272882',0.3,0,'{"task": ["segmentation"], "modality": ["cmr"], "disease": []}','research','["task:diagnosis"]','{}','2025-06-12 23:30:00.000000');
CREATE TABLE runs (
	name TEXT NOT NULL, 
	started DATETIME NOT NULL, 
	report JSON, 
	CONSTRAINT pk_runs PRIMARY KEY (name)
);
INSERT INTO "runs" VALUES('2025-06-12T23:30:00Z','2025-06-12 23:30:00.000000','{"run": "2025-06-12T23:30:00Z", "state": "ok", "sources": [], "papers": {"new": 3, "updated": 0}, "in_scope": 2, "queued": 2, "digest": null, "withdrawn": [], "errors": [], "seconds": 1.0}');
INSERT INTO "runs" VALUES('2025-06-12T23:40:00Z','2025-06-12 23:40:00.000000',NULL);
CREATE TABLE sightings (
	id INTEGER NOT NULL, 
	paper INTEGER NOT NULL, 
	source TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	announced DATE, 
	announce_type TEXT NOT NULL, 
	seen DATETIME NOT NULL, 
	CONSTRAINT pk_sightings PRIMARY KEY (id), 
	CONSTRAINT fk_sightings_paper FOREIGN KEY(paper) REFERENCES papers (number) ON DELETE CASCADE, 
	CONSTRAINT uq_sightings_paper_source_version UNIQUE (paper, source, version)
);
INSERT INTO "sightings" VALUES(1,1,'arxiv',1,'2025-06-12','new','2025-06-12 23:30:00.000000');
INSERT INTO "sightings" VALUES(2,2,'arxiv',2,'2025-06-12','new','2025-06-12 23:30:00.000000');
INSERT INTO "sightings" VALUES(3,3,'arxiv',3,'2025-06-12','new','2025-06-12 23:30:00.000000');
CREATE TABLE subscribers (
	id INTEGER NOT NULL, 
	"key" TEXT NOT NULL, 
	email TEXT NOT NULL, 
	state TEXT NOT NULL, 
	topics JSON NOT NULL, 
	every TEXT NOT NULL, 
	joined DATETIME NOT NULL, 
	confirmed DATETIME, 
	confirmed_after INTEGER, 
	CONSTRAINT pk_subscribers PRIMARY KEY (id), 
	CONSTRAINT uq_subscribers_key UNIQUE ("key")
);
INSERT INTO "subscribers" VALUES(1,'k1','ann@example.org','active','{"modality": ["cmr"]}','day','2025-06-12 23:30:00.000000','2025-06-12 23:30:00.000000',0);
CREATE TABLE suggestions (
	id INTEGER NOT NULL, 
	paper INTEGER NOT NULL, 
	source TEXT NOT NULL, 
	venue TEXT NOT NULL, 
	published DATE, 
	link TEXT NOT NULL, 
	made DATETIME NOT NULL, 
	state TEXT NOT NULL, 
	"by" TEXT NOT NULL, 
	CONSTRAINT pk_suggestions PRIMARY KEY (id), 
	CONSTRAINT fk_suggestions_paper FOREIGN KEY(paper) REFERENCES papers (number) ON DELETE CASCADE, 
	CONSTRAINT uq_suggestions_paper_source UNIQUE (paper, source)
);
INSERT INTO "suggestions" VALUES(1,1,'npj-digital-medicine','npj Digital Medicine','2025-06-10','https://doi.org/10.1000/hearts.1','2025-06-12 23:30:00.000000','open','');
CREATE INDEX ix_papers_text_hash ON papers (text_hash);
CREATE INDEX ix_candidates_state ON candidates (state);
CREATE INDEX ix_decisions_paper ON decisions (paper);
CREATE INDEX ix_identifiers_paper ON identifiers (paper);
CREATE INDEX ix_suggestions_paper ON suggestions (paper);
COMMIT;
