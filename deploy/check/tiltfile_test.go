package check

import (
	"fmt"
	"path/filepath"
	"regexp"
	"testing"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
	"go.starlark.net/syntax"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/strvals"
	"sigs.k8s.io/yaml"
)

// tiltfile is what a Tiltfile asked for: it runs in Starlark, as in Tilt, with built-ins that take the parameters of Tilt's
// (https://docs.tilt.dev/api.html) and write down what they are given. Helm is Helm.
type tiltfile struct {
	t         *testing.T
	settings  string
	yaml      string
	files     []string // that it names, below the root
	images    map[string]*builtImage
	locals    map[string]*resource
	workloads map[string]*resource
}

// builtImage is one that is built from a folder, and the files of it that are put into a running container.
type builtImage struct {
	folder string
	synced []string
}

// resource is a row of Tilt's page.
type resource struct {
	command  string
	after    []string
	forwards []string
	autoInit bool
}

// evaluate runs the Tiltfile.
func evaluate(t *testing.T, command, settings string) *tiltfile {
	t.Helper()
	f := &tiltfile{t: t, settings: settings, images: map[string]*builtImage{}, locals: map[string]*resource{}, workloads: map[string]*resource{}}
	known := starlark.StringDict{
		"config":              &starlarkstruct.Module{Name: "config", Members: starlark.StringDict{"tilt_subcommand": starlark.String(command)}},
		"TRIGGER_MODE_MANUAL": starlark.String("manual"),
	}
	for name, do := range map[string]func(args starlark.Tuple, named []starlark.Tuple) (starlark.Value, error){
		"read_yaml": f.readYAML, "local": f.local, "local_resource": f.localResource, "docker_build": f.dockerBuild, "custom_build": f.customBuild,
		"helm": f.helm, "k8s_yaml": f.k8sYAML, "k8s_resource": f.k8sResource, "decode_yaml_stream": f.decodeStream, "encode_yaml_stream": f.encodeStream,
		"allow_k8s_contexts": f.takes("contexts"), "default_registry": f.takes("host"), "watch_file": f.watchFile,
		"link": f.takes("url", "name"), "sync": f.sync, "run": f.takes("cmd"),
	} {
		known[name] = starlark.NewBuiltin(name, func(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, named []starlark.Tuple) (starlark.Value, error) {
			return do(args, named)
		})
	}
	options := &syntax.FileOptions{TopLevelControl: true, GlobalReassign: true}
	if _, err := starlark.ExecFileOptions(options, &starlark.Thread{Name: t.Name()}, root+"/Tiltfile", nil, known); err != nil {
		if e, ok := err.(*starlark.EvalError); ok {
			t.Fatal(e.Backtrace())
		}
		t.Fatal(err)
	}
	return f
}

// takes takes parameters of these names, the first one required.
func (f *tiltfile) takes(names ...string) func(starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
	return func(args starlark.Tuple, named []starlark.Tuple) (starlark.Value, error) {
		pairs, values := []any{}, make([]starlark.Value, len(names))
		for i, name := range names {
			if i > 0 {
				name += "?"
			}
			pairs = append(pairs, name, &values[i])
		}
		return starlark.None, starlark.UnpackArgs("built-in", args, named, pairs...)
	}
}

func (f *tiltfile) readYAML(args starlark.Tuple, named []starlark.Tuple) (starlark.Value, error) {
	var path string
	var preset starlark.Value
	if err := starlark.UnpackArgs("read_yaml", args, named, "path", &path, "default?", &preset); err != nil || f.settings == "" {
		return preset, err
	}
	var v any
	if err := yaml.Unmarshal([]byte(f.settings), &v); err != nil {
		return nil, err
	}
	return toStarlark(v), nil
}

func (f *tiltfile) local(args starlark.Tuple, named []starlark.Tuple) (starlark.Value, error) {
	var command, quiet starlark.Value
	err := starlark.UnpackArgs("local", args, named, "command", &command, "quiet?", &quiet)
	return starlark.String("amd64\n"), err
}

func (f *tiltfile) localResource(args starlark.Tuple, named []starlark.Tuple) (starlark.Value, error) {
	var name string
	var cmd, deps, ignore, labels, after, parallel, mode starlark.Value
	auto := true
	if err := starlark.UnpackArgs("local_resource", args, named, "name", &name, "cmd", &cmd, "deps?", &deps, "trigger_mode?", &mode,
		"resource_deps?", &after, "ignore?", &ignore, "auto_init?", &auto, "allow_parallel?", &parallel, "labels?", &labels); err != nil {
		return nil, err
	}
	if f.locals[name] != nil {
		return nil, fmt.Errorf("local_resource: there is a %q already", name)
	}
	command := fmt.Sprint(cmd)
	if s, ok := starlark.AsString(cmd); ok {
		command = s
	}
	f.locals[name] = &resource{command: command, after: texts(after), autoInit: auto}
	f.files = append(f.files, texts(deps)...)
	f.files = append(f.files, regexp.MustCompile(`deploy/dev/[a-z.]+`).FindAllString(command, -1)...)
	return starlark.None, nil
}

func (f *tiltfile) sync(args starlark.Tuple, named []starlark.Tuple) (starlark.Value, error) {
	var from, to string
	err := starlark.UnpackArgs("sync", args, named, "local_path", &from, "remote_path", &to)
	return starlark.String(from), err
}

func (f *tiltfile) dockerBuild(args starlark.Tuple, named []starlark.Tuple) (starlark.Value, error) {
	var ref, folder, file string
	var update starlark.Value
	err := starlark.UnpackArgs("docker_build", args, named, "ref", &ref, "context", &folder, "dockerfile?", &file, "live_update?", &update)
	f.images[ref] = &builtImage{folder, texts(update)}
	f.files = append(f.files, file)
	return starlark.None, err
}

func (f *tiltfile) customBuild(args starlark.Tuple, named []starlark.Tuple) (starlark.Value, error) {
	var ref, command string
	var deps, push, local, update starlark.Value
	err := starlark.UnpackArgs("custom_build", args, named, "ref", &ref, "command", &command, "deps", &deps, "skips_local_docker?", &local, "disable_push?", &push, "live_update?", &update)
	f.images[ref] = &builtImage{texts(deps)[0], texts(update)}
	return starlark.None, err
}

func (f *tiltfile) helm(args starlark.Tuple, named []starlark.Tuple) (starlark.Value, error) {
	var path, name string
	var files, sets starlark.Value
	if err := starlark.UnpackArgs("helm", args, named, "pathToChartDir", &path, "name?", &name, "values?", &files, "set?", &sets); err != nil {
		return nil, err
	}
	v := map[string]any{}
	for _, file := range texts(files) {
		v = chartutil.CoalesceTables(values(f.t, filepath.Join(root, file)), v)
	}
	for _, set := range texts(sets) {
		if err := strvals.ParseInto(set, v); err != nil {
			return nil, err
		}
	}
	c, err := loader.Load(filepath.Join(root, path))
	if err != nil {
		return nil, err
	}
	out, err := rendered(c, v)
	all := ""
	for file, text := range out {
		if filepath.Ext(file) == ".yaml" {
			all += "\n---\n" + text
		}
	}
	return starlark.String(all), err
}

func (f *tiltfile) watchFile(args starlark.Tuple, named []starlark.Tuple) (starlark.Value, error) {
	var path string
	err := starlark.UnpackArgs("watch_file", args, named, "file_path", &path)
	f.files = append(f.files, path)
	return starlark.None, err
}

func (f *tiltfile) k8sYAML(args starlark.Tuple, named []starlark.Tuple) (starlark.Value, error) {
	return starlark.None, starlark.UnpackArgs("k8s_yaml", args, named, "yaml", &f.yaml)
}

func (f *tiltfile) k8sResource(args starlark.Tuple, named []starlark.Tuple) (starlark.Value, error) {
	var name string
	var forwards, after, labels, links starlark.Value
	err := starlark.UnpackArgs("k8s_resource", args, named, "workload", &name, "port_forwards?", &forwards, "resource_deps?", &after, "links?", &links, "labels?", &labels)
	f.workloads[name] = &resource{after: texts(after), forwards: texts(forwards), autoInit: true}
	return starlark.None, err
}
