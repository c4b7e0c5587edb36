package check

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	psa "k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"

	"github.com/bonychat/puente/services/puente/natsconf"
)

// natsChart renders the official chart of NATS with the values of ../nats.
func natsChart(t *testing.T, files ...string) []runtime.Object {
	t.Helper()
	archives, err := filepath.Glob("testdata/nats-*.tgz")
	if err != nil || len(archives) != 1 {
		t.Fatalf("%v, %v", archives, err)
	}
	c, err := loader.Load(archives[0])
	if err != nil {
		t.Fatal(err)
	}
	v := map[string]any{}
	for _, file := range files {
		v = chartutil.CoalesceTables(values(t, "../nats/"+file), v)
	}
	out, err := rendered(c, v)
	if err != nil {
		t.Fatal(err)
	}
	delete(out, "nats/templates/tests/request-reply.yaml")
	return objects(t, out)
}

// TestTheValuesForNATSFitItsChart: a value of a name that the chart does not have would be passed over in silence.
func TestTheValuesForNATSFitItsChart(t *testing.T) {
	all := natsChart(t, "values.yaml", "accounts.yaml")
	sets := kinds[*appsv1.StatefulSet](all)
	if len(sets) != 1 {
		t.Fatalf("%d stateful sets", len(sets))
	}
	set := sets[0]
	if *set.Spec.Replicas != 3 || set.Spec.VolumeClaimTemplates[0].Spec.Resources.Requests.Storage().String() != "32Gi" {
		t.Errorf("%d servers with %v", *set.Spec.Replicas, set.Spec.VolumeClaimTemplates[0].Spec.Resources.Requests)
	}
	var conf string
	for _, m := range kinds[*corev1.ConfigMap](all) {
		conf += m.Data["nats.conf"]
	}
	o := asServer(t, conf)
	if o.MaxPayload != 8<<20 || o.MaxPending != 128<<20 || o.SyncInterval != time.Second || len(o.Routes) != 3 || o.StoreDir != "/data" {
		t.Errorf("the server takes it as %d, %d, %s, %v, %s", o.MaxPayload, o.MaxPending, o.SyncInterval, o.Routes, o.StoreDir)
	}
	if len(o.Accounts) != 1+5 || len(o.Nkeys) != 7 { // the hub, and one for each service that is not trusted with all
		t.Errorf("%d accounts, %d users", len(o.Accounts), len(o.Nkeys))
	}
	nats := set.Spec.Template.Spec.Containers[0]
	if nats.StartupProbe.HTTPGet.Path != "/healthz?js-server-only=true" || nats.Resources.Limits.Memory().String() != "2Gi" {
		t.Errorf("the container is %+v", nats)
	}
	mounted := false
	for _, m := range nats.VolumeMounts {
		mounted = mounted || m.MountPath == "/etc/puente-accounts" // beside /etc/nats-config, which the include counts from
	}
	if !mounted || !strings.Contains(set.String(), "puente-accounts") {
		t.Error("the accounts are not mounted")
	}
	for _, without := range kinds[*corev1.ConfigMap](natsChart(t, "values.yaml")) {
		if strings.Contains(without.Data["nats.conf"], "include") {
			t.Error("without accounts.yaml something is included")
		}
	}
}

// asServer reads a configuration as the server does, with the accounts that it includes.
func asServer(t *testing.T, conf string) *server.Options {
	t.Helper()
	networks := []string{"telegram", "whatsapp"}
	keys, err := natsconf.Seeds(t.TempDir(), natsconf.Services(networks))
	if err != nil {
		t.Fatal(err)
	}
	accounts, err := natsconf.Accounts(networks, nil, keys, false)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("SERVER_NAME", "nats-0")
	etc := t.TempDir()
	file := filepath.Join(etc, "nats-config", "nats.conf")
	for path, text := range map[string]string{file: conf, filepath.Join(etc, "puente-accounts", "accounts.conf"): accounts} {
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	o, err := server.ProcessConfigFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// TestNATSIsRestricted: its pods run where the namespace enforces the level "restricted".
func TestNATSIsRestricted(t *testing.T) {
	t.Parallel()
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		t.Fatal(err)
	}
	looked := 0
	for _, o := range natsChart(t, "values.yaml", "accounts.yaml") {
		var pod *corev1.PodTemplateSpec
		switch o := o.(type) {
		case *appsv1.StatefulSet:
			pod = &o.Spec.Template
		case *appsv1.Deployment:
			pod = &o.Spec.Template
		default:
			continue
		}
		looked++
		for _, r := range evaluator.EvaluatePod(psa.LevelVersion{Level: psa.LevelRestricted, Version: psa.LatestVersion()}, &pod.ObjectMeta, &pod.Spec) {
			if !r.Allowed {
				t.Errorf("%T: %s: %s", o, r.ForbiddenReason, r.ForbiddenDetail)
			}
		}
	}
	if looked != 1 {
		t.Errorf("looked at %d", looked)
	}
}
