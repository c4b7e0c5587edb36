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

{{- /* The networks that are on, by name. */ -}}
{{- define "puente.networks" -}}
{{- $on := list -}}
{{- range $name, $network := .Values.networks }}{{ if $network.enabled }}{{ $on = append $on $name }}{{ end }}{{ end -}}
{{- toJson $on -}}
{{- end -}}
