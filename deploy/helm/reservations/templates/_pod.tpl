{{/* What every container of the chart runs with. */}}
{{- define "reservations.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* What every pod of the chart runs as: the user of the image. */}}
{{- define "reservations.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1000
runAsGroup: 1000
fsGroup: 1000
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{/* Variables of the database; the argument is a list of the root context, the Secret's name and its key. */}}
{{- define "reservations.databaseEnv" -}}
{{- $postgres := (index . 0).Values.database.postgres -}}
- name: RESERVATIONS_DB
  valueFrom:
    secretKeyRef:
      name: {{ index . 1 }}
      key: {{ index . 2 }}
- name: PGSSLMODE
  value: {{ $postgres.sslMode }}
{{- if $postgres.existingCaSecret }}
- name: PGSSLROOTCERT
  value: /etc/reservations/database-ca/{{ $postgres.caKey }}
{{- end }}
{{- end -}}

{{- define "reservations.databaseMounts" -}}
{{- if and (eq .Values.database.kind "postgres") .Values.database.postgres.existingCaSecret -}}
- name: database-ca
  mountPath: /etc/reservations/database-ca
  readOnly: true
{{- end -}}
{{- end -}}

{{- define "reservations.databaseVolumes" -}}
{{- if and (eq .Values.database.kind "postgres") .Values.database.postgres.existingCaSecret -}}
- name: database-ca
  secret:
    secretName: {{ .Values.database.postgres.existingCaSecret }}
    items:
      - key: {{ .Values.database.postgres.caKey }}
        path: {{ .Values.database.postgres.caKey }}
{{- end -}}
{{- end -}}

{{/* Secrets with certificates of the server: name of the volume, and Secret. Whole folders, so that a replaced Secret arrives. */}}
{{- define "reservations.certificates" -}}
{{- with .Values.payment.tls.existingCaSecret }}
payment-ca: {{ . }}
{{- end }}
{{- with .Values.payment.tls.existingClientSecret }}
payment-client: {{ . }}
{{- end }}
{{- with .Values.tls.existingSecret }}
tls: {{ . }}
{{- end }}
{{- end -}}

{{/* True when a job makes the tables, and servers only use them. */}}
{{- define "reservations.hasMigration" -}}
{{- if and .Values.migration.enabled (eq .Values.database.kind "postgres") -}}true{{- end -}}
{{- end -}}

{{/* Seconds that the cluster leaves a pod to end: each part of its shutdown, one after the other. */}}
{{- define "reservations.gracePeriod" -}}
{{- with .Values.shutdown -}}
{{- add (int .preStopSeconds) (int .drainDelaySeconds) (int .timeoutSeconds) (int .marginSeconds) -}}
{{- end -}}
{{- end -}}
