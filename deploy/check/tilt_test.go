package check

import (
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

const root = "../.."

// TestTheTiltfileNamesWhatIsThere: each file, program, image, resource and port that it names is there, whatever the settings.
func TestTheTiltfileNamesWhatIsThere(t *testing.T) {
	for name, c := range map[string]struct {
		command, settings string
		services          []string // besides those of every run
	}{
		"without settings": {"up", ``, []string{"egress-phone"}},
		"once":             {"ci", ``, []string{"egress-phone"}},
		"with all": {"up", `
networks: [phone, telegram]
values: deploy/chart/puente/ci/dev.yaml
contexts: [my-cluster]
registry: localhost:5000
arch: arm64
image_command: ./image.sh
outside: [{name: acme, folder: services/puente/example, main: .}]
`, []string{"egress-phone", "egress-telegram", "egress-acme"}},
	} {
		t.Run(name, func(t *testing.T) {
			tilt := evaluate(t, c.command, c.settings)
			all := objects(t, map[string]string{"all.yaml": tilt.yaml})
			want := []string{"apply", "egress-bonychat", "ingress", "jaeger", "nats", "sandbox", "translator"}
			checkResources(t, tilt, all, append(want, c.services...))
			checkImages(t, tilt, kinds[*appsv1.Deployment](all))
			for _, file := range tilt.files {
				if _, err := os.Stat(filepath.Join(root, file)); err != nil {
					t.Error(err)
				}
			}
			ping := tilt.locals["send a message both ways"]
			if ping == nil || ping.autoInit != (c.command == "ci") {
				t.Errorf("the message both ways is %+v", ping)
			}
		})
	}
}

// checkResources: every Deployment is a resource of the Tiltfile, and what a resource waits for and forwards is there.
func checkResources(t *testing.T, tilt *tiltfile, all []runtime.Object, services []string) {
	t.Helper()
	deployments := map[string]*appsv1.Deployment{}
	for _, d := range kinds[*appsv1.Deployment](all) {
		deployments[d.Name] = d
	}
	var want []string
	for _, s := range services {
		want = append(want, "puente-"+s)
	}
	slices.Sort(want)
	if got := slices.Sorted(maps.Keys(deployments)); !slices.Equal(got, want) {
		t.Errorf("installed are %v, want %v", got, want)
	}
	if got := slices.Sorted(maps.Keys(tilt.workloads)); !slices.Equal(got, want) {
		t.Errorf("resources are %v, want %v", got, want)
	}
	after := map[string][]string{}
	for name, w := range tilt.workloads {
		after[name] = w.after
		if deployments[name] == nil {
			continue
		}
		for _, forward := range w.forwards {
			_, port, _ := strings.Cut(forward, ":")
			found := false
			for _, p := range deployments[name].Spec.Template.Spec.Containers[0].Ports {
				found = found || fmt.Sprint(p.ContainerPort) == port
			}
			if !found {
				t.Errorf("%s has no port %s", name, port)
			}
		}
	}
	for name, l := range tilt.locals {
		after[name] = l.after
		for _, m := range regexp.MustCompile(`component=([a-z-]+)`).FindAllStringSubmatch(l.command, -1) {
			if deployments["puente-"+m[1]] == nil {
				t.Errorf("%s is about %s, which is not there", name, m[1])
			}
		}
		for _, m := range regexp.MustCompile(`deploy/(puente-[a-z-]+)`).FindAllStringSubmatch(l.command, -1) {
			if deployments[m[1]] == nil {
				t.Errorf("%s is about %s, which is not there", name, m[1])
			}
		}
	}
	for name, others := range after {
		for _, other := range others {
			if _, ok := after[other]; !ok || slices.Contains(after[other], name) {
				t.Errorf("%s waits for %s, which is not there or waits for it", name, other)
			}
		}
	}
}

// checkImages: what is built is what runs, a new program can be put into it, and its folder is where it is compiled to.
func checkImages(t *testing.T, tilt *tiltfile, deployments []*appsv1.Deployment) {
	t.Helper()
	used := map[string]bool{}
	for _, d := range deployments {
		c := d.Spec.Template.Spec.Containers[0]
		image, _, _ := strings.Cut(c.Image, ":")
		ours := strings.HasPrefix(c.Image, "ghcr.io/bonychat/")
		if ours {
			used[image] = true
		}
		if *c.SecurityContext.ReadOnlyRootFilesystem == ours {
			t.Errorf("%s: that its file system cannot be written to is %v", d.Name, !ours)
		}
	}
	if got := slices.Sorted(maps.Keys(tilt.images)); !slices.Equal(got, slices.Sorted(maps.Keys(used))) {
		t.Errorf("built are %v, and %v are used", got, used)
	}
	for ref, image := range tilt.images {
		compiled := false
		for name, l := range tilt.locals {
			folder, to := regexp.MustCompile(`go build -C (\S+)`).FindStringSubmatch(l.command), regexp.MustCompile(`-o "\$PWD/(\S+)/program" (\S+)$`).FindStringSubmatch(l.command)
			if to == nil || to[1] != image.folder {
				continue
			}
			compiled = strings.HasPrefix(name, "build-")
			if mains, _ := filepath.Glob(filepath.Join(root, folder[1], to[2], "*.go")); len(mains) == 0 {
				t.Errorf("%s is made from %s in %s, where there is nothing", ref, to[2], folder[1])
			}
		}
		if !compiled || !slices.Contains(image.synced, path.Join(image.folder, "program")) {
			t.Errorf("%s is built from %s, which nothing is compiled to: %v", ref, image.folder, image.synced)
		}
	}
}
