package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// docLink is a link of a doc comment: [Name], [Type.Name], [pkg.Name] or [pkg.Type.Name].
var docLink = regexp.MustCompile(`\[\*?([A-Za-z_]\w*(?:\.[A-Za-z_]\w*){0,2})\]`)

// named are what the comments of a package may link to: its declarations, and methods and fields behind the type's name. What a
// struct embeds stands behind its name and a ">".
type named map[string]bool

// has says that a name is there, as a type's own or by what the type embeds.
func (n named) has(name string) bool {
	if n[name] {
		return true
	}
	of, member, ok := strings.Cut(name, ".")
	if !ok {
		return false
	}
	for key := range n {
		if outer, inner, embeds := strings.Cut(key, ">"); embeds && outer == of && n[inner+"."+member] {
			return true
		}
	}
	return false
}

// declared adds what a file declares.
func (n named) declared(f *ast.File) {
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				n[d.Name.Name] = true
				continue
			}
			n[receiver(d.Recv.List[0].Type)+"."+d.Name.Name] = true
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.ValueSpec:
					for _, name := range s.Names {
						n[name.Name] = true
					}
				case *ast.TypeSpec:
					n[s.Name.Name] = true
					n.members(s)
				}
			}
		}
	}
}

// members adds the fields of a struct and the methods of an interface.
func (n named) members(s *ast.TypeSpec) {
	var fields *ast.FieldList
	switch t := s.Type.(type) {
	case *ast.StructType:
		fields = t.Fields
	case *ast.InterfaceType:
		fields = t.Methods
	default:
		return
	}
	for _, f := range fields.List {
		if len(f.Names) == 0 {
			n[s.Name.Name+">"+receiver(f.Type)] = true
		}
		for _, name := range f.Names {
			n[s.Name.Name+"."+name.Name] = true
		}
	}
}

// receiver is the name of a method's type.
func receiver(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return receiver(e.X)
	case *ast.IndexExpr:
		return receiver(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}

// TestDocLinksLead: what a comment links to is there. A reader of go doc follows links, and a name that was changed stays
// behind in comments, where no compiler looks.
func TestDocLinksLead(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	packages, files := map[string]named{}, map[string]*ast.File{}
	set := token.NewFileSet()
	for _, folder := range []string{"pkg", "services"} {
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "testdata") {
				return err
			}
			f, err := parser.ParseFile(set, path, nil, parser.ParseComments)
			if err != nil {
				return err
			}
			at, _ := filepath.Rel(root, filepath.Dir(path))
			at = filepath.ToSlash(at)
			if packages[at] == nil {
				packages[at] = named{}
			}
			packages[at].declared(f)
			files[path] = f
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	followed := 0
	for path, f := range files {
		at, _ := filepath.Rel(root, filepath.Dir(path))
		own := packages[filepath.ToSlash(at)]
		imported := map[string]named{}
		for _, i := range f.Imports {
			if there, ours := strings.CutPrefix(strings.Trim(i.Path.Value, `"`), module); ours && packages[there] != nil {
				imported[there[strings.LastIndex(there, "/")+1:]] = packages[there]
			}
		}
		for _, group := range f.Comments {
			for _, m := range docLink.FindAllStringSubmatch(group.Text(), -1) {
				first, rest, _ := strings.Cut(m[1], ".")
				there, to := own, m[1]
				if p := imported[first]; p != nil && rest != "" {
					there, to = p, rest
				} else if !own[first] {
					continue // of another module, a package that is not imported, or no link at all
				}
				if followed++; !there.has(to) {
					t.Errorf("%s: [%s] leads nowhere", set.Position(group.Pos()), m[1])
				}
			}
		}
	}
	if followed < 500 {
		t.Errorf("only %d links were followed", followed)
	}
}
