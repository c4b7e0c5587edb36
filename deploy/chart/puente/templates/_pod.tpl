{{- /*
The Deployment of one service. The dictionary holds root, service and settings (the service's values), and for some: program
(the image's name, where it is not puente-SERVICE), seed (whose key at NATS it has, where that is not the service's), args, config, volumes, mounts, port, preStop, grace, strategy, replicas,
autoscaled.
*/ -}}
{{- define "puente.deployment" -}}
{{- $v := .root.Values -}}
{{- $own := .settings | default dict -}}
{{- $d := $v.defaults -}}
{{- $name := printf "%s-%s" (include "puente.name" .root) .service -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ $name }}
  labels: {{- include "puente.labels" . | nindent 4 }}
spec:
  {{- if not .autoscaled }}
  replicas: {{ .replicas | default (ternary $own.replicas $d.replicas (hasKey $own "replicas")) }}
  {{- end }}
  revisionHistoryLimit: 5
  strategy: {{- .strategy | default (dict "type" "RollingUpdate" "rollingUpdate" (dict "maxSurge" 1 "maxUnavailable" 0)) | toYaml | nindent 4 }}
  selector:
    matchLabels: {{- include "puente.selector" . | nindent 6 }}
  template:
    metadata:
      labels: {{- include "puente.labels" . | nindent 8 }}
      annotations:
        # a changed configuration rolls the pods; channels do not: services follow them through NATS
        checksum/config: {{ include "puente.shared" (dict "root" .root) | sha256sum }}
        {{- with $own.podAnnotations | default $d.podAnnotations }}{{ toYaml . | nindent 8 }}{{ end }}
    spec:
      automountServiceAccountToken: false
      enableServiceLinks: false
      terminationGracePeriodSeconds: {{ .grace | default $own.terminationGracePeriodSeconds | default $d.terminationGracePeriodSeconds }}
      securityContext:
        runAsNonRoot: true
        runAsUser: 65532
        runAsGroup: 65532
        fsGroup: 65532
        seccompProfile: {type: RuntimeDefault}
      {{- with $v.image.pullSecrets }}
      imagePullSecrets: {{- range . }}
        - name: {{ . }}{{ end }}
      {{- end }}
      {{- with $own.nodeSelector | default $d.nodeSelector }}
      nodeSelector: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $own.tolerations | default $d.tolerations }}
      tolerations: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $own.priorityClassName | default $d.priorityClassName }}
      priorityClassName: {{ . }}
      {{- end }}
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: kubernetes.io/hostname
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels: {{- include "puente.selector" . | nindent 14 }}
      containers:
        - name: {{ .service }}
          image: {{ include "puente.image" (dict "root" .root "program" (.program | default (printf "puente-%s" .service)) "image" $own.image) }}
          imagePullPolicy: {{ $v.image.pullPolicy }}
          args: {{- .args | default (list "-f" "/etc/puente/puente.yaml" "--listen" ":8080" "--internal" ":8081") | toYaml | nindent 12 }}
          env:
            - {name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
            - {name: POD_UID, valueFrom: {fieldRef: {fieldPath: metadata.uid}}}
            {{- with include "puente.tracing" .root }}
            - {name: OTEL_EXPORTER_OTLP_ENDPOINT, value: {{ . | quote }}}
            - {name: OTEL_TRACES_SAMPLER, value: parentbased_traceidratio}
            - {name: OTEL_TRACES_SAMPLER_ARG, value: {{ $v.tracing.ratio | quote }}}
            - name: OTEL_RESOURCE_ATTRIBUTES
              value: k8s.namespace.name={{ $.root.Release.Namespace }},k8s.pod.name=$(POD_NAME),service.instance.id=$(POD_UID)
            {{- end }}
            {{- with $own.extraEnv | default $d.extraEnv }}{{ toYaml . | nindent 12 }}{{ end }}
          ports:
            {{- with .port }}
            - {name: http, containerPort: {{ . }}}
            {{- end }}
            - {name: internal, containerPort: 8081}
          {{- with .preStop }}
          lifecycle: {preStop: {sleep: {seconds: {{ . }}}}}
          {{- end }}
          # ready as soon as NATS and the channels are known; an answer may take as long as NATS does
          readinessProbe: {httpGet: {path: /readyz, port: internal}, periodSeconds: 10, timeoutSeconds: 6, failureThreshold: 3}
          # only whether the process answers at all: a NATS that is away must not restart anything
          livenessProbe: {httpGet: {path: /healthz, port: internal}, periodSeconds: 20, timeoutSeconds: 3, failureThreshold: 6}
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities: {drop: [ALL]}
          resources: {{- $own.resources | default $d.resources | toYaml | nindent 12 }}
          volumeMounts:
            - {name: config, mountPath: /etc/puente, readOnly: true}
            {{- if or $v.nats.credentialsSecret $v.nats.seedsSecret }}
            - {name: nats, mountPath: /etc/puente-nats, readOnly: true}
            {{- end }}
            {{- with .mounts }}{{ toYaml . | nindent 12 }}{{ end }}
      volumes:
        {{- if .config }}
        {{- toYaml .config | nindent 8 }}
        {{- else }}
        - {name: config, configMap: {name: {{ include "puente.name" .root }}}}
        {{- end }}
        {{- with $v.nats.credentialsSecret }}
        - {name: nats, secret: {secretName: {{ . }}, defaultMode: 0440}}
        {{- end }}
        {{- with $v.nats.seedsSecret }}
        # its own seed, and nobody else's
        - {name: nats, secret: {secretName: {{ . }}, defaultMode: 0440, items: [{key: {{ $.seed | default $.service }}.nk, path: seed}]}}
        {{- end }}
        {{- with .volumes }}{{ toYaml . | nindent 8 }}{{ end }}
{{- end -}}
