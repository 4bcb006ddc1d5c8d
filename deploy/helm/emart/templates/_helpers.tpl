{{/* A name of this release: (list $ "orders"). */}}
{{- define "emart.name" -}}
{{- $root := index . 0 -}}{{- printf "%s-%s" $root.Release.Name (index . 1) | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{/* What selects a part's pods: (list $ "orders"). */}}
{{- define "emart.selector" -}}
app.kubernetes.io/name: {{ index . 1 }}
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
{{- end }}

{{- define "emart.labels" -}}
{{ include "emart.selector" . }}
app.kubernetes.io/part-of: emart
app.kubernetes.io/version: {{ (index . 0).Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ (index . 0).Release.Service }}
helm.sh/chart: {{ printf "%s-%s" (index . 0).Chart.Name (index . 0).Chart.Version }}
{{- end }}

{{/* The settings of a service: its own over `each`. As JSON. */}}
{{- define "emart.service" -}}
{{- $root := index . 0 -}}
{{- mergeOverwrite (deepCopy $root.Values.each) (deepCopy (index $root.Values.services (index . 1) | default dict)) | toJson -}}
{{- end }}

{{- define "emart.image" -}}
{{- $root := index . 0 -}}{{- $image := mergeOverwrite (deepCopy $root.Values.image) (index . 1).image -}}
{{- printf "%s:%s" $image.repository ($image.tag | default $root.Chart.AppVersion) -}}
{{- end }}

{{- define "emart.pullSecrets" -}}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
{{- range . }}
  - name: {{ . }}
{{- end }}
{{- end }}
{{- end }}

{{/* For the pod, with its user's number. */}}
{{- define "emart.podSecurity" -}}
runAsNonRoot: true
runAsUser: {{ . }}
runAsGroup: {{ . }}
fsGroup: {{ . }}
fsGroupChangePolicy: OnRootMismatch
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "emart.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{/* How services reach each other: by TLS, where they show each other certificates. */}}
{{- define "emart.meshScheme" -}}
{{- ternary "https" "http" .Values.meshTls.enabled -}}
{{- end }}

{{/* What a service is told: (list $ "orders" $service). */}}
{{- define "emart.env" -}}
{{- $root := index . 0 -}}{{- $service := index . 2 -}}
{{- $tls := and $root.Values.ingress.enabled $root.Values.ingress.tls.enabled -}}
{{- $env := dict "EMART_PUBLIC_URL" (printf "%s://%s" (ternary "https" "http" $tls) $root.Values.host) -}}
{{- $_ := set $env "EMART_MESH__LISTEN" "0.0.0.0:7000" -}}
{{- $_ := set $env "EMART_MESH__SECRET_FILE" "/run/secrets/emart/mesh_secret" -}}
{{- if $service.public }}{{- $_ := set $env "EMART_LISTEN" "0.0.0.0:8080" -}}{{- end -}}
{{- if $service.database -}}
{{- $_ := set $env "EMART_STORE__POSTGRES_URL_FILE" "/run/secrets/emart/postgres_url" -}}
{{- $_ := set $env "EMART_BUS__NATS_URL_FILE" "/run/secrets/emart/nats_url" -}}
{{- end -}}
{{- if $root.Values.meshTls.enabled -}}
{{- $_ := set $env "EMART_MESH__TLS__CERTIFICATE" "/run/secrets/emart-mesh/tls.crt" -}}
{{- $_ := set $env "EMART_MESH__TLS__KEY" "/run/secrets/emart-mesh/tls.key" -}}
{{- $_ := set $env "EMART_MESH__TLS__CA" "/run/secrets/emart-mesh/ca.crt" -}}
{{- end -}}
{{- range $service.calls -}}
{{- $_ := set $env (printf "EMART_PEERS__%s" (upper .)) (printf "%s://%s:7000" (include "emart.meshScheme" $root) (include "emart.name" (list $root .))) -}}
{{- end -}}
{{- range $name, $value := mergeOverwrite $env $root.Values.settings $service.env }}
- {name: {{ $name }}, value: {{ $value | toString | quote }}}
{{- end }}
{{- end }}

{{- define "emart.secretName" -}}
{{- (index . 2).existingSecret | default (include "emart.name" (list (index . 0) (index . 1))) -}}
{{- end }}

{{/* The value of a Secret's key if it is there, else a new one: (list $ "name" "key" "prefix"). */}}
{{- define "emart.kept" -}}
{{- $root := index . 0 -}}
{{- $there := lookup "v1" "Secret" $root.Release.Namespace (include "emart.name" (list $root (index . 1))) | default dict -}}
{{- $value := dig "data" (index . 2) "" $there -}}
{{- if $value }}{{ b64dec $value }}{{ else }}{{ index . 3 }}{{ randAlphaNum 48 }}{{ end -}}
{{- end }}
