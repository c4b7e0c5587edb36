{{- /*
What every service reads: the configuration file without its channels. The dictionary holds root, and operator where the pod's
account at NATS is the one that holds the streams.
*/ -}}
{{- define "puente.shared" -}}
{{- $operator := .operator -}}
{{- with .root -}}
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
  {{- if .Values.nats.seedsSecret }}
  nkey: file:/etc/puente-nats/seed
  {{- if not $operator }}
  api_prefix: hub.api
  {{- end }}
  {{- end }}
{{- $root := . }}
{{- $longest := 60 }}
{{- $known := .Files.Get "files/networks.json" | fromJson }}
{{- range $name := include "puente.networks" . | fromJsonArray }}
{{- $send := (get $root.Values.networks $name).sendSeconds | default (get (get $known $name | default dict) "sendSeconds") | default 60 }}
{{- $longest = max $longest (int $send) }}
{{- end }}
# what is being sent when a pod stops may end; each network takes no longer than its own longest send
stop: {grace: {{ add $longest 5 }}s, linger: {{ .Values.ingress.lingerSeconds }}s}
log: {level: {{ .Values.config.log.level }}, format: json}
{{- with .Values.config.trustedProxies }}
trusted_proxies: {{ toJson . }}
{{- end }}
{{- with .Values.config.allowAddresses }}
allow_addresses: {{ toJson . }}
{{- end }}
{{- end }}
{{- end -}}
