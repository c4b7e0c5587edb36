{{- /* Names and labels. */ -}}
{{- define "puente.name" -}}
{{- if contains "puente" .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{ else }}{{ printf "%s-puente" .Release.Name | trunc 40 | trimSuffix "-" }}{{ end -}}
{{- end -}}

{{- define "puente.selector" -}}
app.kubernetes.io/name: puente
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .service }}
{{- end -}}

{{- define "puente.labels" -}}
{{ include "puente.selector" . }}
app.kubernetes.io/version: {{ .root.Values.image.tag | default .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
app.kubernetes.io/part-of: puente
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end -}}

{{- define "puente.image" -}}
{{- .image | default (printf "%s/%s:%s" .root.Values.image.registry .program (.root.Values.image.tag | default .root.Chart.AppVersion)) -}}
{{- end -}}

{{- define "puente.nats" -}}
{{- if .Values.nats.enabled }}nats://{{ include "puente.name" . }}-nats:4222{{ else }}{{ .Values.nats.url }}{{ end -}}
{{- end -}}

{{- define "puente.tracing" -}}
{{- if .Values.dev.jaeger }}http://{{ include "puente.name" . }}-jaeger:4318{{ else }}{{ .Values.tracing.endpoint }}{{ end -}}
{{- end -}}

{{- /* The channel of the demonstration: its credentials are no secret to whoever knows the release. */ -}}
{{- define "puente.demo" -}}
{{- $sandbox := printf "http://%s-sandbox:8080/sandbox" (include "puente.name" .) -}}
{{- $token := sha256sum (printf "%s/%s/token" .Release.Namespace .Release.Name) -}}
{{- $secret := sha256sum (printf "%s/%s/secret" .Release.Namespace .Release.Name) -}}
id: demo
network: phone
contact_id: custom
platform: {webhook_url: "{{ $sandbox }}/bonychat/webhook", api_token: "{{ $token }}"}
account: {url: "{{ $sandbox }}/phone/demo", secret: "{{ $secret }}"}
{{- end -}}

{{- /* The networks that are on, by name. */ -}}
{{- define "puente.networks" -}}
{{- $on := list -}}
{{- range $name, $network := .Values.networks }}{{ if $network.enabled }}{{ $on = append $on $name }}{{ end }}{{ end -}}
{{- toJson $on -}}
{{- end -}}
