package check

import (
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"helm.sh/helm/v3/pkg/releaseutil"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer/json"
	"k8s.io/client-go/kubernetes/scheme"
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

// objects reads what was rendered, strictly where the Kubernetes API knows the kind. Of others it returns none.
func objects(t *testing.T, files map[string]string) (all []runtime.Object) {
	t.Helper()
	decoder := json.NewSerializerWithOptions(json.DefaultMetaFactory, scheme.Scheme, scheme.Scheme, json.SerializerOptions{Yaml: true, Strict: true})
	others := []schema.GroupKind{{Group: "gateway.networking.k8s.io", Kind: "HTTPRoute"}, {Group: "monitoring.coreos.com", Kind: "ServiceMonitor"}}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if path.Ext(name) != ".yaml" {
			continue
		}
		for i, text := range releaseutil.SplitManifests(files[name]) {
			o, kind, err := decoder.Decode([]byte(text), nil, nil)
			switch {
			case err == nil:
				all = append(all, o)
			case runtime.IsNotRegisteredError(err) && kind != nil && slices.Contains(others, kind.GroupKind()):
			default:
				t.Errorf("%s, %s: %v\n%s", name, i, err, text)
			}
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
		{"ingress.autoscaling", map[string]any{"enabled": true, "min": 7}, "ingress.autoscaling.min: is more than"},
		{"channels.inline", []any{map[string]any{"id": "A"}}, "channels.existingSecret and channels.inline exclude each other"},
		{"control.enabled", true, "control.tokensSecret: is required"},
		{"control", map[string]any{"enabled": true, "tokensSecret": "x"}, "control.tokens: is required"},
		{"control.tokens", []any{map[string]any{"name": "ana", "role": "admin"}}, "/control/tokens/0/role"},
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
	compare("", values(t, folder+"/values.yaml"), s)
}
