{{/* Variables that the chart sets, from other values. */}}
{{- define "reservations.ownVariables" -}}
PORT RESERVATIONS_HOST RESERVATIONS_AUTH RESERVATIONS_JWT_ISSUER RESERVATIONS_JWT_AUDIENCE RESERVATIONS_JWT_ALGORITHMS RESERVATIONS_JWT_JWKS_URL RESERVATIONS_DB DATABASE_URL RESERVATIONS_DB_POOL RESERVATIONS_REQUIRE_SCHEMA PAYMENT_SERVICE_HOST PAYMENT_SERVICE_PORT RESERVATIONS_DRAIN_DELAY RESERVATIONS_SHUTDOWN_TIMEOUT RESERVATIONS_METRICS_PORT PAYMENT_BALANCING PAYMENT_TLS PAYMENT_CA PAYMENT_CERT PAYMENT_KEY PAYMENT_SERVER_NAME RESERVATIONS_TLS_CERT RESERVATIONS_TLS_KEY PGSSLMODE PGSSLROOTCERT
{{- end -}}

{{/* Refuses values that do not fit together. What one value may be is in values.schema.json. */}}
{{- define "reservations.check" -}}
{{- $values := .Values -}}
{{- if eq $values.database.kind "sqlite" -}}
{{- if gt (int $values.replicas) 1 -}}
{{- fail (printf "replicas: expected at most 1 with database.kind sqlite, found %d: one server serves a SQLite file; use database.kind postgres for several" (int $values.replicas)) -}}
{{- end -}}
{{- if $values.autoscaling.enabled -}}
{{- fail "autoscaling.enabled: expected false with database.kind sqlite: one server serves a SQLite file; use database.kind postgres for several" -}}
{{- end -}}
{{- else -}}
{{- if not $values.database.postgres.existingSecret -}}
{{- fail "database.postgres.existingSecret: expected the name of a Secret with the URL of the database, found none" -}}
{{- end -}}
{{- end -}}
{{- if and $values.autoscaling.enabled (lt (int $values.autoscaling.maxReplicas) (int $values.autoscaling.minReplicas)) -}}
{{- fail "autoscaling.maxReplicas: expected at least autoscaling.minReplicas" -}}
{{- end -}}
{{- if and $values.httpRoute.enabled (not $values.httpRoute.parentRefs) -}}
{{- fail "httpRoute.parentRefs: expected at least one Gateway, found none" -}}
{{- end -}}
{{- if and $values.ingress.enabled (not $values.ingress.hosts) -}}
{{- fail "ingress.hosts: expected at least one host, found none" -}}
{{- end -}}
{{- if and (not $values.metrics.enabled) (or $values.metrics.serviceMonitor.enabled $values.metrics.prometheusRule.enabled) -}}
{{- fail "metrics.enabled: expected true with metrics.serviceMonitor or metrics.prometheusRule" -}}
{{- end -}}
{{- with $values.payment.tls -}}
{{- if and (not .enabled) (or .existingCaSecret .existingClientSecret .serverName) -}}
{{- fail "payment.tls.enabled: expected true with other values of payment.tls: without it the connection is plain text" -}}
{{- end -}}
{{- end -}}
{{- with $values.jwt -}}
{{- if and (eq $values.auth "jwt") (not (and .issuer .audience .algorithms .jwksUrl)) -}}
{{- fail "jwt: expected issuer, audience, algorithms and jwksUrl with auth: jwt: they say whose tokens are taken" -}}
{{- end -}}
{{- if and (ne $values.auth "jwt") (or .issuer .audience .algorithms .jwksUrl) -}}
{{- fail (printf "jwt: expected auth: jwt with it, found auth: %s" $values.auth) -}}
{{- end -}}
{{- end -}}
{{- if and $values.workloadIdentity.enabled (not $values.workloadIdentity.clientId) -}}
{{- fail "workloadIdentity.clientId: expected the client id of a managed identity, found none" -}}
{{- end -}}
{{- $own := splitList " " (include "reservations.ownVariables" .) -}}
{{- range $name := keys $values.settings | sortAlpha -}}
{{- if has $name $own -}}
{{- fail (printf "settings.%s: the chart sets this variable itself, from another value" $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
