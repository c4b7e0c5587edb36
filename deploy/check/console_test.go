package check

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/config/operators"
)

// TestTheConsoleKnowsItsProxy: the values are those that the control service reads, and the proxy's namespace may reach it.
func TestTheConsoleKnowsItsProxy(t *testing.T) {
	t.Parallel()
	v := values(t, folder+"/ci/full.yaml")
	set(v, "networkPolicy.consoleNamespace", map[string]any{"name": "oauth2"})
	out, err := render(t, v)
	if err != nil {
		t.Fatal(err)
	}
	all, read := objects(t, out), false
	for _, m := range kinds[*corev1.ConfigMap](all) {
		if m.Name != "puente-control" {
			continue
		}
		text := regexp.MustCompile(`"?file:/etc/puente-tokens/(\w+)"?`).ReplaceAllString(m.Data["puente.yaml"], "$1-0123456789abcdef0123456789abcdef")
		text = regexp.MustCompile(`(?m)^.*file:/etc.*$`).ReplaceAllString(text, "")
		file := filepath.Join(t.TempDir(), "puente.yaml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		cfg, err := config.LoadControl(file)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		c := cfg.Control.Console
		if c.Off || len(c.Proxies) != 1 || c.Proxies[0].String() != "10.2.0.0/16" || c.UserHeader != "X-Auth-Request-User" || c.GroupsHeader != "X-Auth-Request-Groups" ||
			len(c.Roles) != 3 || c.Roles[operators.Read][0] != operators.Everybody || c.Roles[operators.Write][0] != "ops" {
			t.Errorf("%+v", c)
		}
		read = true
	}
	if !read {
		t.Error("there is no configuration of control")
	}
	for _, p := range kinds[*networkingv1.NetworkPolicy](all) {
		if p.Name == "puente-console" && p.Spec.Ingress[0].From[0].NamespaceSelector.MatchLabels["name"] == "oauth2" && p.Spec.PodSelector.MatchLabels["app.kubernetes.io/component"] == "control" {
			return
		}
	}
	t.Error("the proxy may not reach the console")
}
