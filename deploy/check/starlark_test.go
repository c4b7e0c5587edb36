package check

import (
	"fmt"
	"strings"

	"go.starlark.net/starlark"
	"helm.sh/helm/v3/pkg/releaseutil"
	"sigs.k8s.io/yaml"
)

func (f *tiltfile) decodeStream(args starlark.Tuple, named []starlark.Tuple) (starlark.Value, error) {
	var text string
	if err := starlark.UnpackArgs("decode_yaml_stream", args, named, "yaml", &text); err != nil {
		return nil, err
	}
	var all []starlark.Value
	for _, document := range releaseutil.SplitManifests(text) {
		var v any
		if err := yaml.Unmarshal([]byte(document), &v); err != nil {
			return nil, err
		}
		if v != nil {
			all = append(all, toStarlark(v))
		}
	}
	return starlark.NewList(all), nil
}

func (f *tiltfile) encodeStream(args starlark.Tuple, named []starlark.Tuple) (starlark.Value, error) {
	var list *starlark.List
	if err := starlark.UnpackArgs("encode_yaml_stream", args, named, "objs", &list); err != nil {
		return nil, err
	}
	var documents []string
	for i := range list.Len() {
		text, err := yaml.Marshal(fromStarlark(list.Index(i)))
		if err != nil {
			return nil, err
		}
		documents = append(documents, string(text))
	}
	return starlark.String(strings.Join(documents, "---\n")), nil
}

// texts are the strings of a value: one, or those of a list. What is none is left out.
func texts(v starlark.Value) (all []string) {
	if s, ok := starlark.AsString(v); ok {
		return []string{s}
	}
	list, ok := v.(*starlark.List)
	if !ok {
		return nil
	}
	for i := range list.Len() {
		if s, ok := starlark.AsString(list.Index(i)); ok {
			all = append(all, s)
		}
	}
	return all
}

// toStarlark is what was read from YAML.
func toStarlark(v any) starlark.Value {
	switch v := v.(type) {
	case nil:
		return starlark.None
	case bool:
		return starlark.Bool(v)
	case string:
		return starlark.String(v)
	case float64:
		if v == float64(int64(v)) {
			return starlark.MakeInt64(int64(v))
		}
		return starlark.Float(v)
	case []any:
		list := starlark.NewList(nil)
		for _, one := range v {
			_ = list.Append(toStarlark(one)) // it is not frozen
		}
		return list
	case map[string]any:
		dict := starlark.NewDict(len(v))
		for key, one := range v {
			_ = dict.SetKey(starlark.String(key), toStarlark(one)) // nor is this
		}
		return dict
	default:
		panic(fmt.Sprintf("YAML holds a %T", v))
	}
}

// fromStarlark is what can be written as YAML.
func fromStarlark(v starlark.Value) any {
	switch v := v.(type) {
	case starlark.Bool:
		return bool(v)
	case starlark.String:
		return string(v)
	case starlark.Int:
		n, _ := v.Int64()
		return n
	case starlark.Float:
		return float64(v)
	case *starlark.List:
		list := make([]any, v.Len())
		for i := range list {
			list[i] = fromStarlark(v.Index(i))
		}
		return list
	case *starlark.Dict:
		m := map[string]any{}
		for _, item := range v.Items() {
			m[string(item[0].(starlark.String))] = fromStarlark(item[1])
		}
		return m
	default:
		return nil
	}
}
