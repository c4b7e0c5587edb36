{{- /* What every service reads: the configuration file without its channels. */ -}}
{{- define "puente.shared" -}}
public_url: {{ .Values.publicURL | quote }}
listen: ":8080"
internal: ":8081"
nats:
  url: {{ include "puente.nats" . | quote }}
  replicas: {{ .Values.nats.replicas }}
  store: {{ .Values.nats.store }}
  {{- if .Values.nats.credentialsSecret }}
  credentials: /etc/puente-nats/nats.creds
  {{- end }}
log: {level: {{ .Values.config.log.level }}, format: json}
{{- with .Values.config.trustedProxies }}
trusted_proxies: {{ toJson . }}
{{- end }}
{{- with .Values.config.allowAddresses }}
allow_addresses: {{ toJson . }}
{{- end }}
{{- end -}}
