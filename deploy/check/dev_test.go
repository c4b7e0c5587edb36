package check

import (
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// TestTheDemonstrationFitsTogether: the channel that apply is given is the one that the sandbox plays for, at its Service.
func TestTheDemonstrationFitsTogether(t *testing.T) {
	v := values(t, folder+"/ci/dev.yaml")
	out, err := render(t, v)
	if err != nil {
		t.Fatal(err)
	}
	all := objects(t, out)
	secrets, services := map[string]map[string]string{}, map[string]int32{}
	for _, s := range kinds[*corev1.Secret](all) {
		secrets[s.Name] = s.StringData
	}
	for _, s := range kinds[*corev1.Service](all) {
		services[s.Name] = s.Spec.Ports[0].Port
	}
	var file struct {
		Channels []struct {
			ID, Network, ContactID string
			Platform               struct {
				WebhookURL string `json:"webhook_url"`
				APIToken   string `json:"api_token"`
			}
			Account struct{ URL, Secret string }
		}
	}
	if err := yaml.Unmarshal([]byte(secrets["puente-channels"]["puente.yaml"]), &file); err != nil || len(file.Channels) != 1 {
		t.Fatalf("%v: %v", err, file)
	}
	c, sandbox := file.Channels[0], secrets["puente-sandbox"]
	if c.ID != "demo" || c.Platform.APIToken != sandbox["SANDBOX_TOKEN"] || c.Account.Secret != sandbox["SANDBOX_SECRET"] || len(c.Account.Secret) < 32 || c.Account.Secret == c.Platform.APIToken {
		t.Errorf("the channel is %+v, and the sandbox has %v", c, sandbox)
	}
	const base = "http://puente-sandbox:8080/sandbox/"
	if c.Platform.WebhookURL != base+"bonychat/webhook" || c.Account.URL != base+"phone/demo" || services["puente-sandbox"] != 8080 {
		t.Errorf("it is at %s and %s; the Services are %v", c.Platform.WebhookURL, c.Account.URL, services)
	}
	for _, d := range kinds[*appsv1.Deployment](all) {
		switch container := d.Spec.Template.Spec.Containers[0]; {
		case d.Name == "puente-sandbox":
			if !slices.Contains(container.Args, v["publicURL"].(string)) {
				t.Errorf("the sandbox calls %v", container.Args)
			}
		case strings.HasPrefix(d.Name, "puente-egress-") || d.Name == "puente-ingress":
			if !slices.Contains(container.Env, corev1.EnvVar{Name: "OTEL_EXPORTER_OTLP_ENDPOINT", Value: "http://puente-jaeger:4318"}) || services["puente-jaeger"] != 4318 {
				t.Errorf("%s sends its traces elsewhere", d.Name)
			}
		}
	}
}
