{{/* Settings of the server, by their variables. */}}
{{- define "reservations.settings" -}}
RESERVATIONS_HOST: 0.0.0.0
RESERVATIONS_AUTH: {{ .Values.auth }}
{{- if eq .Values.auth "jwt" }}
{{- with .Values.jwt }}
RESERVATIONS_JWT_ISSUER: {{ .issuer | quote }}
RESERVATIONS_JWT_AUDIENCE: {{ .audience | quote }}
RESERVATIONS_JWT_ALGORITHMS: {{ join "," .algorithms | quote }}
RESERVATIONS_JWT_JWKS_URL: {{ .jwksUrl | quote }}
{{- end }}
{{- end }}
PORT: '8000'
{{- if eq .Values.database.kind "sqlite" }}
RESERVATIONS_DB: /data/reservations.db
{{- else }}
RESERVATIONS_DB_POOL: {{ int .Values.database.postgres.pool | quote }}
{{- end }}
{{- if include "reservations.hasMigration" . }}
RESERVATIONS_REQUIRE_SCHEMA: 'true'
{{- end }}
PAYMENT_SERVICE_HOST: {{ .Values.payment.host | quote }}
PAYMENT_SERVICE_PORT: {{ int .Values.payment.port | quote }}
PAYMENT_BALANCING: {{ .Values.payment.balancing }}
{{- with .Values.payment.tls }}
{{- if .enabled }}
PAYMENT_TLS: 'true'
{{- if .existingCaSecret }}
PAYMENT_CA: /etc/reservations/payment-ca/{{ .caKey }}
{{- end }}
{{- if .existingClientSecret }}
PAYMENT_CERT: /etc/reservations/payment-client/tls.crt
PAYMENT_KEY: /etc/reservations/payment-client/tls.key
{{- end }}
{{- with .serverName }}
PAYMENT_SERVER_NAME: {{ . | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- if .Values.tls.existingSecret }}
RESERVATIONS_TLS_CERT: /etc/reservations/tls/tls.crt
RESERVATIONS_TLS_KEY: /etc/reservations/tls/tls.key
{{- end }}
RESERVATIONS_DRAIN_DELAY: {{ mul (int .Values.shutdown.drainDelaySeconds) 1000 | quote }}
RESERVATIONS_SHUTDOWN_TIMEOUT: {{ mul (int .Values.shutdown.timeoutSeconds) 1000 | quote }}
{{- /* Empty: not set. The image has a port of its own. */}}
RESERVATIONS_METRICS_PORT: {{ .Values.metrics.enabled | ternary (int .Values.metrics.port | toString) "" | quote }}
{{- range $name, $value := .Values.settings }}
{{- /* A number of a values file is a float64, whose text would be 3.66e+06. */}}
{{ $name }}: {{ kindIs "float64" $value | ternary (int64 $value | toString) (toString $value) | quote }}
{{- end }}
{{- end -}}
