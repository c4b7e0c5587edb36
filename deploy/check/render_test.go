package check

import (
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"helm.sh/helm/v3/pkg/releaseutil"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer/json"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/client-go/kubernetes/scheme"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/yaml"
)

const folder = "../chart/puente"

// values are those of a file, and what is set besides: "networks.line.replicas=0".
func values(t *testing.T, file string) map[string]any {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var v map[string]any
	if err := yaml.UnmarshalStrict(data, &v); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return v
}

// render renders the chart as helm template does, the schema of its values included.
func render(t *testing.T, v map[string]any) (map[string]string, error) {
	t.Helper()
	c, err := loader.Load(folder)
	if err != nil {
		t.Fatal(err)
	}
	return rendered(c, v)
}

func rendered(c *chart.Chart, v map[string]any) (map[string]string, error) {
	capabilities := chartutil.DefaultCapabilities.Copy()
	capabilities.KubeVersion = chartutil.KubeVersion{Version: "v1.34.0", Major: "1", Minor: "34"}
	all, err := chartutil.ToRenderValues(c, v, chartutil.ReleaseOptions{Name: "puente", Namespace: "messaging", IsInstall: true}, capabilities)
	if err != nil {
		return nil, err
	}
	return engine.Render(c, all)
}

// known are the kinds that the chart may render: those of Kubernetes, of the Gateway API, of the Prometheus operator and of KEDA.
var known = func() *runtime.Scheme {
	s := runtime.NewScheme()
	utilruntime.Must(scheme.AddToScheme(s))
	utilruntime.Must(gatewayv1.Install(s))
	utilruntime.Must(monitoringv1.AddToScheme(s))
	s.AddKnownTypeWithName(schema.GroupVersionKind{Group: "keda.sh", Version: "v1alpha1", Kind: "ScaledObject"}, &scaledObject{})
	return s
}()

// objects reads what was rendered, strictly.
func objects(t *testing.T, files map[string]string) (all []runtime.Object) {
	t.Helper()
	decoder := json.NewSerializerWithOptions(json.DefaultMetaFactory, known, known, json.SerializerOptions{Yaml: true, Strict: true})
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if path.Ext(name) != ".yaml" {
			continue
		}
		for i, text := range releaseutil.SplitManifests(files[name]) {
			o, _, err := decoder.Decode([]byte(text), nil, nil)
			if err != nil {
				t.Errorf("%s, %s: %v\n%s", name, i, err, text)
				continue
			}
			all = append(all, o)
		}
	}
	return all
}

// each does something with what each file of ci/ renders to.
func each(t *testing.T, do func(t *testing.T, all []runtime.Object)) {
	t.Helper()
	files, err := filepath.Glob(folder + "/ci/*.yaml")
	if err != nil || len(files) < 4 {
		t.Fatalf("%v: %v", err, files)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			out, err := render(t, values(t, file))
			if err != nil {
				t.Fatal(err)
			}
			do(t, objects(t, out))
		})
	}
}

// set sets one value by its path.
func set(v map[string]any, where string, to any) {
	keys := strings.Split(where, ".")
	for _, key := range keys[:len(keys)-1] {
		next, ok := v[key].(map[string]any)
		if !ok {
			next = map[string]any{}
			v[key] = next
		}
		v = next
	}
	v[keys[len(keys)-1]] = to
}

// TestWrongValuesAreRefused: by name, before anything is installed.
func TestWrongValuesAreRefused(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		where string
		to    any
		want  string
	}{
		{"publicURL", "", "publicURL: is required"},
		{"publicURL", "bridge.example.com", "publicURL: \"bridge.example.com\" is not scheme and host"},
		{"publicURL", "https://bridge.example.com/", "is not scheme and host"},
		{"nats.url", "", "nats.url: is required"},
		{"nats.enabled", true, "nats.url and nats.enabled exclude each other"},
		{"nats.url", "nats://user:secret@nats:4222", "nats.url: holds credentials"},
		{"nats", map[string]any{"url": "nats://nats:4222", "seedsSecret": "a", "credentialsSecret": "b"}, "nats.credentialsSecret and nats.seedsSecret exclude each other"},
		{"nats", map[string]any{"enabled": true, "replicas": 1, "seedsSecret": "a"}, "nats.enabled excludes nats.credentialsSecret and nats.seedsSecret"},
		{"nats.replicas", 2, "nats.replicas: 2 is none of 1, 3 and 5"},
		{"networks.telegram.enabled", false, "networks: none is enabled"},
		{"networks.acme", map[string]any{"enabled": true}, "networks.acme.image: is required"},
		{"networks.Acme", map[string]any{"enabled": true, "image": "x"}, "networks.Acme: a network's name is"},
		{"networks.telegram.replicas", 0, "networks.telegram.replicas: 0 would hear nothing"},
		{"networks.telegram.terminationGracePeriodSeconds", 60, "networks.telegram.terminationGracePeriodSeconds: 60 is less than its longest send of 180 seconds"},
		{"networks.telegram.enable", true, "'/networks/telegram': additional properties 'enable' not allowed"},
		{"ingress.route.kind", "ingress", "ingress.route.kind"},
		{"ingress.route.kind", "HTTPRoute", "ingress.route.parentRefs: is required"},
		{"ingress.route.kind", "Ingress", "ingress.route.tlsSecret: is required"},
		{"networks.telegram.autoscaling", map[string]any{"enabled": true, "min": 5}, "networks.telegram.autoscaling.min: is more than"},
		{"networks.line", map[string]any{"enabled": true, "autoscaling": map[string]any{"enabled": true, "min": 0}}, "networks.line.autoscaling.min: 0 needs autoscaling.keda"},
		{"networks.line", map[string]any{"enabled": true, "replicas": 2, "autoscaling": map[string]any{"enabled": true}}, "networks.line.autoscaling and networks.line.replicas exclude each other"},
		{"metrics.rule", true, "rule"},
		{"dev.sandbox", true, "dev.sandbox: is for trying it out inside of a cluster"},
		{"ingress.autoscaling", map[string]any{"enabled": true, "min": 7}, "ingress.autoscaling.min: is more than"},
		{"channels.inline", []any{map[string]any{"id": "A"}}, "channels.existingSecret and channels.inline exclude each other"},
		{"control.enabled", true, "control.tokensSecret: is required"},
		{"control", map[string]any{"enabled": true, "tokensSecret": "x"}, "control.tokens: is required"},
		{"control.tokens", []any{map[string]any{"name": "ana", "role": "admin"}}, "/control/tokens/0/role"},
		{"control.console.proxies", []any{"10.2.0.0/16"}, "control.console.roles: is required with control.console.proxies"},
		{"control.console.roles", map[string]any{"admin": []any{"ops"}}, "/control/console/roles"},
		{"nats.replica", 3, "replica"},
		{"publicUrl", "x", "publicUrl"},
		{"tracing.ratio", 2, "ratio"},
		{"config.log.level", "loud", "level"},
	} {
		v := values(t, folder+"/ci/minimal.yaml")
		set(v, test.where, test.to)
		if _, err := render(t, v); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s=%v: %v, want %s", test.where, test.to, err, test.want)
		}
	}
}

// TestEveryValueIsInTheSchema: one that is added to values.yaml and not to the schema would be refused when somebody sets it.
func TestEveryValueIsInTheSchema(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(folder + "/values.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var s map[string]any
	if err := yaml.UnmarshalStrict(data, &s); err != nil {
		t.Fatal(err)
	}
	var compare func(where string, v, s map[string]any)
	compare = func(where string, v, s map[string]any) {
		properties, _ := s["properties"].(map[string]any)
		if s["additionalProperties"] != false {
			return
		}
		for key, value := range v {
			p, ok := properties[key].(map[string]any)
			if !ok {
				t.Errorf("%s%s is in values.yaml and not in values.schema.json", where, key)
				continue
			}
			if below, ok := value.(map[string]any); ok {
				compare(where+key+".", below, p)
			}
		}
	}
	v := values(t, folder+"/values.yaml")
	compare("", v, s)
	// and back: what may be set stands in values.yaml with its description, but for what a service has from the defaults
	perService := append(slices.Collect(maps.Keys(v["defaults"].(map[string]any))), "image")
	var described func(where string, v, s map[string]any)
	described = func(where string, v, s map[string]any) {
		properties, _ := s["properties"].(map[string]any)
		for key, p := range properties {
			value, ok := v[key]
			if !ok && !(where == "" && key == "global") && (where == "" || !slices.Contains(perService, key)) {
				t.Errorf("%s%s is in values.schema.json and not in values.yaml", where, key)
			}
			if below, ok := value.(map[string]any); ok {
				described(where+key+".", below, p.(map[string]any))
			}
		}
	}
	described("", v, s)
}
