import { describeRules, NAMED, type RuleExample, service } from "./rule-examples.test-support.js";

const BOOK = "message Book { string name = 1; string title = 2; }";
const CREATE = `message CreateBookRequest { string parent = 1; Book book = 2; string book_id = 3; } ${BOOK}`;

/** The examples of AIP-127 and of the AIPs it refers to: AIP-131 to AIP-136, and AIP-231. */
const AIP: Record<string, RuleExample> = {
  "AIP-127: create, with an unnamed *": {
    contract: service(
      'post: "/v1/{parent=publishers/*}/books/*" body: "book"',
      "CreateBookRequest",
      CREATE,
    ),
    requests: [
      [
        "POST /v1/publishers/1/books/x?book_id=foo",
        { title: "Les Misérables" },
        { parent: "publishers/1", book: { title: "Les Misérables" }, bookId: "foo" },
      ],
    ],
  },
  "AIP-127: more than one URI": {
    contract: service(
      `post: "/v1/{parent=publishers/*}/books" body: "book"
       additional_bindings: { post: "/v1/{parent=authors/*}/books" body: "book" }
       additional_bindings: { post: "/v1/books" body: "book" }`,
      "CreateBookRequest",
      CREATE,
    ),
    requests: [
      [
        "POST /v1/publishers/1/books",
        { title: "t" },
        { parent: "publishers/1", book: { title: "t" } },
      ],
      ["POST /v1/authors/2/books", { title: "t" }, { parent: "authors/2", book: { title: "t" } }],
      ["POST /v1/books?bookId=foo", { title: "t" }, { book: { title: "t" }, bookId: "foo" }],
      [
        "POST /v1/books?parent=authors%2F2",
        { title: "t" },
        { parent: "authors/2", book: { title: "t" } },
      ],
    ],
  },
  "AIP-131: get": {
    contract: service('get: "/v1/{name=publishers/*/books/*}"', "Named", NAMED),
    requests: [
      ["GET /v1/publishers/1/books/les-mis", undefined, { name: "publishers/1/books/les-mis" }],
    ],
  },
  "AIP-132: list": {
    contract: service(
      'get: "/v1/{parent=publishers/*}/books"',
      "List",
      "message List { string parent = 1; int32 page_size = 2; string page_token = 3; string order_by = 4; }",
    ),
    requests: [
      [
        "GET /v1/publishers/1/books?pageSize=10&page_token=a%2Bb%3D&orderBy=title+desc",
        undefined,
        { parent: "publishers/1", pageSize: 10, pageToken: "a+b=", orderBy: "title desc" },
      ],
      ["GET /v1/publishers/-/books", undefined, { parent: "publishers/-" }],
    ],
  },
  "AIP-134: update": {
    contract: service(
      'patch: "/v1/{book.name=publishers/*/books/*}" body: "book"',
      "Update",
      `message Update { Book book = 1; google.protobuf.FieldMask update_mask = 2; bool allow_missing = 3; } ${BOOK}`,
    ),
    requests: [
      [
        "PATCH /v1/publishers/1/books/2?updateMask=title,name&allow_missing=true",
        { title: "t" },
        {
          book: { name: "publishers/1/books/2", title: "t" },
          updateMask: "title,name",
          allowMissing: true,
        },
      ],
      [
        "PATCH /v1/publishers/1/books/2",
        { name: "other", title: "t" },
        { book: { name: "publishers/1/books/2", title: "t" } },
      ],
      ["PATCH /v1/publishers/1/books/2", undefined, { book: { name: "publishers/1/books/2" } }],
    ],
  },
  "AIP-135: delete": {
    contract: service(
      'delete: "/v1/{name=publishers/*}"',
      "Delete",
      "message Delete { string name = 1; bool force = 2; string etag = 3; }",
    ),
    requests: [
      [
        "DELETE /v1/publishers/1?force=true&etag=%22x%22",
        undefined,
        { name: "publishers/1", force: true, etag: '"x"' },
      ],
    ],
  },
  "AIP-136: a custom method of a resource": {
    contract: service(
      'post: "/v1/{name=publishers/*/books/*}:archive" body: "*"',
      "Archive",
      "message Archive { string name = 1; bool force = 2; }",
    ),
    requests: [
      ["POST /v1/publishers/1/books/2:archive", {}, { name: "publishers/1/books/2" }],
      ["POST /v1/publishers/1/books/2:archive", undefined, { name: "publishers/1/books/2" }],
      [
        "POST /v1/publishers/1/books/2:archive",
        { force: true },
        { name: "publishers/1/books/2", force: true },
      ],
    ],
  },
  "AIP-136: a custom method of a collection, and one without a resource": {
    contract: service(
      'post: "/v1/{parent=publishers/*}/books:sort" body: "*" additional_bindings { get: "/v1:search" }',
      "Sort",
      "message Sort { string parent = 1; string by = 2; }",
    ),
    requests: [
      [
        "POST /v1/publishers/1/books:sort",
        { by: "title" },
        { parent: "publishers/1", by: "title" },
      ],
      ["GET /v1:search?by=title", undefined, { by: "title" }],
    ],
  },
  "AIP-231: a batch": {
    contract: service(
      'get: "/v1/{parent=publishers/*}/books:batchGet"',
      "BatchGet",
      "message BatchGet { string parent = 1; repeated string names = 2; }",
    ),
    requests: [
      [
        "GET /v1/publishers/1/books:batchGet?names=publishers/1/books/2&names=publishers%2F1%2Fbooks%2F3",
        undefined,
        { parent: "publishers/1", names: ["publishers/1/books/2", "publishers/1/books/3"] },
      ],
    ],
  },
};

describeRules(AIP);
