package check

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/runtime"
	psa "k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/nkey"
)

// TestEveryPodIsRestricted: by the checks of the API server itself.
func TestEveryPodIsRestricted(t *testing.T) {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		t.Fatal(err)
	}
	level := psa.LevelVersion{Level: psa.LevelRestricted, Version: psa.LatestVersion()}
	each(t, func(t *testing.T, all []runtime.Object) {
		for _, d := range kinds[*appsv1.Deployment](all) {
			template := d.Spec.Template
			for _, r := range evaluator.EvaluatePod(level, &template.ObjectMeta, &template.Spec) {
				if !r.Allowed {
					t.Errorf("%s: %s: %s", d.Name, r.ForbiddenReason, r.ForbiddenDetail)
				}
			}
			if c := template.Spec.Containers[0]; !*c.SecurityContext.ReadOnlyRootFilesystem || *template.Spec.AutomountServiceAccountToken {
				t.Errorf("%s: its file system can be written to, or it has a token of the API", d.Name)
			}
		}
	})
}

// TestWhatBelongsTogetherFinds itself: selectors find their pods, volumes are mounted, requests are below limits.
func TestWhatBelongsTogetherFindsItself(t *testing.T) {
	each(t, func(t *testing.T, all []runtime.Object) {
		deployments := kinds[*appsv1.Deployment](all)
		found := func(selector map[string]string) (n int) {
			for _, d := range deployments {
				if within(selector, d.Spec.Template.Labels) {
					n++
				}
			}
			return n
		}
		for _, d := range deployments {
			if n := found(d.Spec.Selector.MatchLabels); n != 1 {
				t.Errorf("%s selects the pods of %d deployments", d.Name, n)
			}
			mounted := map[string]bool{}
			for _, c := range d.Spec.Template.Spec.Containers {
				for _, m := range c.VolumeMounts {
					mounted[m.Name] = true
				}
				for name, limit := range c.Resources.Limits {
					if request := c.Resources.Requests[name]; request.Cmp(limit) > 0 {
						t.Errorf("%s asks for more %s than its limit", d.Name, name)
					}
				}
			}
			for _, v := range d.Spec.Template.Spec.Volumes {
				if !mounted[v.Name] {
					t.Errorf("%s mounts no %s", d.Name, v.Name)
				}
				delete(mounted, v.Name)
			}
			if len(mounted) > 0 {
				t.Errorf("%s has no volumes %v", d.Name, mounted)
			}
		}
		for _, s := range kinds[*corev1.Service](all) {
			if s.Spec.ClusterIP != corev1.ClusterIPNone && found(s.Spec.Selector) != 1 {
				t.Errorf("the service %s selects %d deployments", s.Name, found(s.Spec.Selector))
			}
		}
		for _, b := range kinds[*policyv1.PodDisruptionBudget](all) {
			if found(b.Spec.Selector.MatchLabels) != 1 {
				t.Errorf("the disruption budget %s selects %d deployments", b.Name, found(b.Spec.Selector.MatchLabels))
			}
		}
	})
}

// TestOnlyApplyReadsCredentials: the Secrets of channels are in no other pod.
func TestOnlyApplyReadsCredentials(t *testing.T) {
	each(t, func(t *testing.T, all []runtime.Object) {
		reads := 0
		for _, d := range kinds[*appsv1.Deployment](all) {
			for _, v := range d.Spec.Template.Spec.Volumes {
				secret := v.Name == "channels" || v.Name == "credentials"
				if secret && !strings.HasSuffix(d.Name, "-apply") {
					t.Errorf("%s reads the Secret %s", d.Name, v.Name)
				}
				if secret {
					reads++
				}
			}
		}
		if reads == 0 {
			t.Error("nobody reads the channels")
		}
	})
}

// TestEachPodHasItsOwnSeed: which says to NATS who it is, and no other's. Only what is trusted with everything is in the account that
// holds the streams.
func TestEachPodHasItsOwnSeed(t *testing.T) {
	t.Parallel()
	out, err := render(t, values(t, folder+"/ci/accounts.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	all := objects(t, out)
	seen := map[string]bool{}
	for _, d := range kinds[*appsv1.Deployment](all) {
		service := strings.TrimPrefix(d.Name, "puente-")
		want := map[string]string{"apply": "puente.nk"}[service]
		if want == "" {
			want = service + ".nk"
		}
		pod := d.Spec.Template.Spec
		var keys []string
		config := "puente"
		for _, v := range pod.Volumes {
			if v.Secret != nil && v.Secret.SecretName == "puente-seeds" {
				if len(v.Secret.Items) == 0 {
					t.Errorf("%s has the seeds of all", d.Name)
				}
				for _, item := range v.Secret.Items {
					keys = append(keys, item.Key+" as "+item.Path)
				}
			}
			if v.ConfigMap != nil {
				config = v.ConfigMap.Name
			}
		}
		if !slices.Equal(keys, []string{want + " as seed"}) {
			t.Errorf("%s has %v, want %s", d.Name, keys, want)
		}
		if !slices.ContainsFunc(pod.Containers[0].VolumeMounts, func(m corev1.VolumeMount) bool { return m.MountPath == "/etc/puente-nats" && m.ReadOnly }) {
			t.Errorf("%s does not see its seed", d.Name)
		}
		for _, m := range kinds[*corev1.ConfigMap](all) {
			if m.Name != config {
				continue
			}
			hub := service == "apply" || service == "control"
			if own := strings.Contains(m.Data["puente.yaml"], "api_prefix: hub.api"); own == hub {
				t.Errorf("%s asks with the prefix of an account of its own: %t", d.Name, own)
			}
		}
		seen[service] = true
	}
	if len(seen) != 7 || !seen["egress-whatsapp"] || !seen["control"] {
		t.Errorf("looked at %v", seen)
	}
}

// TestTheConfigurationIsRight: each service would read it, and has time to end what it allows.
func TestTheConfigurationIsRight(t *testing.T) {
	data, err := os.ReadFile("../chart/puente/files/networks.json")
	if err != nil {
		t.Fatal(err)
	}
	var shipped map[string]struct {
		SendSeconds int `json:"sendSeconds"`
	}
	if err := json.Unmarshal(data, &shipped); err != nil || len(shipped) == 0 {
		t.Fatalf("networks.json: %v", err)
	}
	each(t, func(t *testing.T, all []runtime.Object) {
		for _, m := range kinds[*corev1.ConfigMap](all) {
			text, ok := m.Data["puente.yaml"]
			if !ok {
				continue
			}
			file, seed := filepath.Join(t.TempDir(), "puente.yaml"), filepath.Join(t.TempDir(), "seed")
			key, err := nkey.New()
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(seed, []byte(key), 0o600); err != nil {
				t.Fatal(err)
			}
			text = strings.ReplaceAll(text, "file:/etc/puente-nats/seed", "file:"+seed) // which the pod has there
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			cfg, err := config.LoadShared(file)
			if err != nil {
				t.Errorf("%s: %v\n%s", m.Name, err, text)
				continue
			}
			if len(cfg.Warnings) > 0 && strings.HasPrefix(cfg.PublicURL, "https:") {
				t.Errorf("%s: %v", m.Name, cfg.Warnings)
			}
			if cfg.Internal != ":8081" || cfg.Listen != ":8080" {
				t.Errorf("%s: probes and routes ask other ports than %s and %s", m.Name, cfg.Internal, cfg.Listen)
			}
			var longest time.Duration // of the network whose sends take the longest, which the setting is for
			for _, d := range kinds[*appsv1.Deployment](all) {
				_, network, ok := strings.Cut(d.Name, "-egress-")
				if !ok {
					continue
				}
				grace := time.Duration(*d.Spec.Template.Spec.TerminationGracePeriodSeconds) * time.Second
				longest = max(longest, grace)
				if own := time.Duration(shipped[network].SendSeconds) * time.Second; grace < own+30*time.Second {
					t.Errorf("%s is killed after %s, and may send for %s", d.Name, grace, own)
				}
			}
			if longest > 0 && longest < cfg.Stop.Grace+30*time.Second {
				t.Errorf("all networks are killed after %s, and may send for %s", longest, cfg.Stop.Grace)
			}
		}
	})
}

// kinds are the objects of one type.
func kinds[T runtime.Object](all []runtime.Object) (some []T) {
	for _, o := range all {
		if t, ok := o.(T); ok {
			some = append(some, t)
		}
	}
	return some
}

// within says that these labels are among those.
func within(some, all map[string]string) bool {
	merged := maps.Clone(all)
	maps.Copy(merged, some)
	return maps.Equal(merged, all)
}
