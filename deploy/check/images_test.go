package check

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// TestEveryImageIsBuilt: the chart names no program that the Dockerfile cannot build, and the bake file builds them all.
func TestEveryImageIsBuilt(t *testing.T) {
	bake, err := os.ReadFile("../docker-bake.hcl")
	if err != nil {
		t.Fatal(err)
	}
	var built []string
	for _, m := range regexp.MustCompile(`program = "([a-z0-9-]+)"`).FindAllStringSubmatch(string(bake), -1) {
		built = append(built, m[1])
	}
	mains, err := filepath.Glob("../../services/*/cmd/*")
	if err != nil {
		t.Fatal(err)
	}
	below, err := filepath.Glob("../../services/egress/*/cmd/*")
	if err != nil {
		t.Fatal(err)
	}
	all := []string{"puente"}
	for _, path := range append(mains, below...) {
		all = append(all, "puente-"+filepath.Base(path))
	}
	slices.Sort(all)
	slices.Sort(built)
	if !slices.Equal(all, built) {
		t.Errorf("the programs are\n%s\nand docker-bake.hcl builds\n%s", all, built)
	}
	each(t, func(t *testing.T, objects []runtime.Object) {
		for _, d := range kinds[*appsv1.Deployment](objects) {
			image := d.Spec.Template.Spec.Containers[0].Image
			name, _, _ := strings.Cut(image[strings.LastIndex(image, "/")+1:], ":")
			if strings.HasPrefix(name, "puente") && !slices.Contains(all, name) {
				t.Errorf("%s runs %s, which nothing builds", d.Name, image)
			}
		}
	})
}
