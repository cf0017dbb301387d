-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- The table of all runs into SQLite; in the directory of summary.csv:
--
--	sqlite3 runs.db <.../examples/load.sql
--
-- Each row is a subflow in one direction.  What is unknown is empty in CSV, and
-- NULL in the view "subflow", where numbers are numbers.

.bail on
DROP VIEW IF EXISTS subflow;
DROP TABLE IF EXISTS summary;
.import --csv summary.csv summary

CREATE VIEW subflow AS
SELECT run,
	CAST(connection AS INTEGER) AS connection,
	towards,
	CAST(tcp_stream AS INTEGER) AS tcp_stream,
	client_address, server_address,
	CAST(NULLIF(sent_bytes, '') AS INTEGER) AS sent_bytes,
	CAST(NULLIF(unique_bytes, '') AS INTEGER) AS unique_bytes,
	CAST(NULLIF(reinjected_bytes, '') AS INTEGER) AS reinjected_bytes,
	CAST(NULLIF(share, '') AS REAL) AS share,
	CAST(NULLIF(rtt_p50_ms, '') AS REAL) AS rtt_p50_ms,
	CAST(NULLIF(owd_p50_ms, '') AS REAL) AS owd_p50_ms
FROM summary;

.mode csv
.headers on
SELECT run, towards, SUM(sent_bytes) AS sent_bytes,
	SUM(reinjected_bytes) AS reinjected_bytes
FROM subflow GROUP BY run, towards ORDER BY run, towards DESC;
