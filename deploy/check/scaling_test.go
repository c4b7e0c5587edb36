package check

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// scaledObject is what the chart uses of KEDA's kind: https://keda.sh/docs/latest/reference/scaledobject-spec/
type scaledObject struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec struct {
		ScaleTargetRef struct {
			Name string `json:"name"`
		} `json:"scaleTargetRef"`
		PollingInterval int32 `json:"pollingInterval"`
		CooldownPeriod  int32 `json:"cooldownPeriod"`
		MinReplicaCount int32 `json:"minReplicaCount"`
		MaxReplicaCount int32 `json:"maxReplicaCount"`
		Fallback        struct {
			FailureThreshold int32 `json:"failureThreshold"`
			Replicas         int32 `json:"replicas"`
		} `json:"fallback"`
		Triggers []struct {
			Type     string            `json:"type"`
			Metadata map[string]string `json:"metadata"`
		} `json:"triggers"`
	} `json:"spec"`
}

func (o *scaledObject) DeepCopyObject() runtime.Object { c := *o; return &c }

// TestWhatIsScaledHasNoNumberOfItsOwn: one that the chart sets at each upgrade would undo what the scaler found out.
func TestWhatIsScaledHasNoNumberOfItsOwn(t *testing.T) {
	scaled := 0
	each(t, func(t *testing.T, all []runtime.Object) {
		replicas := map[string]*int32{}
		for _, d := range kinds[*appsv1.Deployment](all) {
			replicas[d.Name] = d.Spec.Replicas
		}
		check := func(name string, least, most int32) {
			scaled++
			if number, ok := replicas[name]; !ok || number != nil {
				t.Errorf("%s is scaled, and is not there or has a number of its own", name)
			}
			if least > most {
				t.Errorf("%s: %d to %d", name, least, most)
			}
		}
		for _, h := range kinds[*autoscalingv2.HorizontalPodAutoscaler](all) {
			check(h.Spec.ScaleTargetRef.Name, *h.Spec.MinReplicas, h.Spec.MaxReplicas)
		}
		for _, o := range kinds[*scaledObject](all) {
			check(o.Spec.ScaleTargetRef.Name, o.Spec.MinReplicaCount, o.Spec.MaxReplicaCount)
		}
	})
	if scaled < 4 {
		t.Errorf("only %d are scaled", scaled)
	}
}

// TestKEDAAsksTheControlAPI: at an address that the release has, for the network that is scaled.
func TestKEDAAsksTheControlAPI(t *testing.T) {
	out, err := render(t, values(t, folder+"/ci/keda.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	all := objects(t, out)
	ports := map[string]bool{}
	for _, s := range kinds[*corev1.Service](all) {
		for _, p := range s.Spec.Ports {
			ports[fmt.Sprintf("%s.messaging:%d", s.Name, p.Port)] = true
		}
	}
	found := map[string]string{}
	for _, o := range kinds[*scaledObject](all) {
		m := o.Spec.Triggers[0].Metadata
		u, err := url.Parse(m["url"])
		if err != nil || !ports[u.Host] || u.Path != "/scale/"+strings.TrimPrefix(o.Spec.ScaleTargetRef.Name, "puente-egress-") {
			t.Errorf("%s asks %s: %v", o.Name, m["url"], err)
		}
		if o.Spec.Fallback.Replicas < 1 || m["valueLocation"] != "replicas" || m["targetValue"] != "1" {
			t.Errorf("%s: %+v", o.Name, o.Spec)
		}
		found[o.Spec.ScaleTargetRef.Name] = fmt.Sprint(o.Spec.MinReplicaCount, " to ", o.Spec.MaxReplicaCount, u.Query())
	}
	want := map[string]string{"puente-egress-telegram": "1 to 4 map[drain:[60]]", "puente-egress-whatsapp": "0 to 6 map[drain:[30]]"}
	if fmt.Sprint(found) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", found, want)
	}
}

// TestKEDAIsRefusedWhereItWouldNotWork.
func TestKEDAIsRefusedWhereItWouldNotWork(t *testing.T) {
	for _, test := range []struct {
		where string
		to    any
		want  string
	}{
		{"control.enabled", false, "control.enabled: is required with autoscaling.keda"},
		{"networks.telegram.autoscaling.min", 0, "networks.telegram.autoscaling.min: 0 would hear nothing"},
		{"networks.whatsapp.autoscaling.drainSeconds", 0, "drainSeconds"},
	} {
		v := values(t, folder+"/ci/keda.yaml")
		set(v, test.where, test.to)
		if _, err := render(t, v); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s=%v: %v, want %s", test.where, test.to, err, test.want)
		}
	}
}
