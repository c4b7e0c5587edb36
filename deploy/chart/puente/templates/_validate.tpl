{{- /* What cannot work is refused with the value's name, before anything is installed. */ -}}
{{- define "puente.validate" -}}
{{- $v := .Values -}}
{{- if not $v.publicURL }}{{ fail "publicURL: is required: https:// and the host under which networks and BonyChat reach the bridge" }}{{ end -}}
{{- if not (regexMatch "^https?://[^/?#]+$" $v.publicURL) }}{{ fail (printf "publicURL: %q is not scheme and host, such as https://bridge.example.com" $v.publicURL) }}{{ end -}}
{{- if and $v.nats.url $v.nats.enabled }}{{ fail "nats.url and nats.enabled exclude each other: give the address of a NATS, or have one of this release" }}{{ end -}}
{{- if not (or $v.nats.url $v.nats.enabled) }}{{ fail "nats.url: is required: nats://nats.nats:4222 (or nats.enabled=true, for trying it out)" }}{{ end -}}
{{- if contains "@" ($v.nats.url | toString) }}{{ fail "nats.url: holds credentials: put them into a Secret and name it in nats.credentialsSecret or nats.seedsSecret" }}{{ end -}}
{{- if and $v.nats.credentialsSecret $v.nats.seedsSecret }}{{ fail "nats.credentialsSecret and nats.seedsSecret exclude each other: one of them says who a service is" }}{{ end -}}
{{- if and $v.nats.enabled (or $v.nats.credentialsSecret $v.nats.seedsSecret) }}{{ fail "nats.enabled excludes nats.credentialsSecret and nats.seedsSecret: that NATS asks nobody who it is" }}{{ end -}}
{{- if not (has (int $v.nats.replicas) (list 1 3 5)) }}{{ fail (printf "nats.replicas: %v is none of 1, 3 and 5" $v.nats.replicas) }}{{ end -}}
{{- if and $v.nats.enabled (ne (int $v.nats.replicas) 1) }}{{ fail "nats.replicas: must be 1 with nats.enabled: that NATS is one server" }}{{ end -}}
{{- if and $v.channels.existingSecret $v.channels.inline }}{{ fail "channels.existingSecret and channels.inline exclude each other" }}{{ end -}}
{{- if eq (len (include "puente.networks" . | fromJsonArray)) 0 }}{{ fail "networks: none is enabled: set networks.telegram.enabled=true, for example" }}{{ end -}}
{{- $known := .Files.Get "files/networks.json" | fromJson -}}
{{- range $name, $network := $v.networks -}}
{{- if $network.enabled -}}
{{- if not (regexMatch "^[a-z0-9]{1,20}$" $name) }}{{ fail (printf "networks.%s: a network's name is 1 to 20 lower-case letters and digits" $name) }}{{ end -}}
{{- $of := get $known $name -}}
{{- if not (or $of $network.image) }}{{ fail (printf "networks.%s.image: is required: no network of this name comes with Puente" $name) }}{{ end -}}
{{- $facts := $of | default dict -}}
{{- $send := $network.sendSeconds | default (get $facts "sendSeconds") | default 60 -}}
{{- $grace := $network.terminationGracePeriodSeconds | default $v.defaults.terminationGracePeriodSeconds -}}
{{- if and $network.terminationGracePeriodSeconds (lt (int $grace) (add (int $send) 45 | int)) }}{{ fail (printf "networks.%s.terminationGracePeriodSeconds: %d is less than its longest send of %d seconds and 45 to end: sends would be cut off and repeated" $name (int $grace) (int $send)) }}{{ end -}}
{{- $replicas := $network.replicas -}}
{{- include "puente.validate.scale" (dict "values" $v "name" $name "network" $network "listens" (or $network.listens (get $facts "listens"))) -}}
{{- if and (hasKey $network "replicas") (eq (int $replicas) 0) (or $network.listens (get $facts "listens")) }}{{ fail (printf "networks.%s.replicas: 0 would hear nothing: this network polls or keeps a connection" $name) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- if $v.dev.sandbox -}}
{{- if not (hasPrefix "http://" $v.publicURL) }}{{ fail "dev.sandbox: is for trying it out inside of a cluster: its credentials can be guessed, so publicURL must be the Service's: http://RELEASE-ingress" }}{{ end -}}
{{- if $v.channels.existingSecret }}{{ fail "dev.sandbox and channels.existingSecret exclude each other: the demonstration adds a channel" }}{{ end -}}
{{- if not (dig "phone" "enabled" false $v.networks) }}{{ fail "networks.phone.enabled: is required with dev.sandbox: its channel is of this network" }}{{ end -}}
{{- end -}}
{{- if and $v.dev.jaeger $v.tracing.endpoint }}{{ fail "dev.jaeger and tracing.endpoint exclude each other" }}{{ end -}}
{{- if and $v.control.enabled (not $v.control.tokensSecret) }}{{ fail "control.tokensSecret: is required with control.enabled: the Secret with the tokens" }}{{ end -}}
{{- if and $v.control.enabled (not $v.control.tokens) }}{{ fail "control.tokens: is required with control.enabled: [{name: ana, role: write}]" }}{{ end -}}
{{- if and $v.control.console.proxies (not (or $v.control.console.roles.read $v.control.console.roles.write $v.control.console.roles.content)) }}{{ fail "control.console.roles: is required with control.console.proxies: nobody could do anything" }}{{ end -}}
{{- $route := $v.ingress.route -}}
{{- if not (has $route.kind (list "none" "Ingress" "HTTPRoute")) }}{{ fail (printf "ingress.route.kind: %q is none of none, Ingress and HTTPRoute" $route.kind) }}{{ end -}}
{{- if and (eq $route.kind "HTTPRoute") (not $route.parentRefs) }}{{ fail "ingress.route.parentRefs: is required with kind HTTPRoute: the gateways" }}{{ end -}}
{{- if and (eq $route.kind "Ingress") (hasPrefix "https://" $v.publicURL) (not $route.tlsSecret) (not $route.annotations) }}{{ fail "ingress.route.tlsSecret: is required with kind Ingress and an https publicURL, unless annotations have a certificate made" }}{{ end -}}
{{- if and $v.ingress.autoscaling.enabled (gt (int $v.ingress.autoscaling.min) (int $v.ingress.autoscaling.max)) }}{{ fail "ingress.autoscaling.min: is more than ingress.autoscaling.max" }}{{ end -}}
{{- end -}}

{{- /* How one network is scaled. */ -}}
{{- define "puente.validate.scale" -}}
{{- $where := printf "networks.%s.autoscaling" .name -}}
{{- $scale := .network.autoscaling | default dict -}}
{{- if $scale.enabled -}}
{{- $min := ternary (int $scale.min) 1 (hasKey $scale "min") -}}
{{- if hasKey .network "replicas" }}{{ fail (printf "%s and networks.%s.replicas exclude each other" $where .name) }}{{ end -}}
{{- if gt $min (int ($scale.max | default 4)) }}{{ fail (printf "%s.min: is more than %s.max" $where $where) }}{{ end -}}
{{- if and (eq $min 0) (not .values.autoscaling.keda) }}{{ fail (printf "%s.min: 0 needs autoscaling.keda: by CPU nothing would ever start again" $where) }}{{ end -}}
{{- if and (eq $min 0) .listens }}{{ fail (printf "%s.min: 0 would hear nothing: this network polls or keeps a connection" $where) }}{{ end -}}
{{- if and .values.autoscaling.keda (not .values.control.enabled) }}{{ fail "control.enabled: is required with autoscaling.keda: KEDA asks the control API what can be sent" }}{{ end -}}
{{- end -}}
{{- end -}}
