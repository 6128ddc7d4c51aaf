// quickbooks-node-promise drives the stand-in; what it got is printed as JSON.
//
// It sends a request id of its own on every POST, batches included.

const Quickbooks = require("quickbooks-node-promise").default;

const asked = JSON.parse(process.argv[2]);
Quickbooks.V3_ENDPOINT_BASE_URL = `${asked.root}/v3/company/`;
Quickbooks.TOKEN_URL = `${asked.root}/oauth2/v1/tokens/bearer`;
Quickbooks.REVOKE_URL = `${asked.root}/v2/oauth2/tokens/revoke`;
Quickbooks.USER_INFO_URL = `${asked.root}/v1/openid_connect/userinfo`;
Quickbooks.JWKS_URL = `${asked.root}/op/v1/jwks`;

const qbo = new Quickbooks(
  {
    appKey: asked.id,
    appSecret: asked.secret,
    redirectUrl: asked.redirect,
    accessToken: asked.token,
    refreshToken: asked.refresh_token,
    useProduction: false,
    minorversion: 75,
    scope: ["com.intuit.quickbooks.accounting"],
    autoRefresh: false,
  },
  asked.realm,
);

async function main() {
  const got = {};
  const vendor = (await qbo.createVendor({ DisplayName: "Pelican Supply" })).Vendor;
  const found = await qbo.findVendors([{ field: "DisplayName", value: "pelican supply" }]);
  got.found = found.QueryResponse.Vendor.map((one) => one.Id === vendor.Id);
  const line = {
    Amount: 5,
    DetailType: "AccountBasedExpenseLineDetail",
    AccountBasedExpenseLineDetail: { AccountRef: { value: "7" } },
  };
  const made = await qbo.createBill({ VendorRef: { value: vendor.Id }, Line: [line] });
  got.deleted = (await qbo.deleteBill(made.Bill)).Bill.status;
  const batch = await qbo.batch([
    { bId: "a", operation: "create", Vendor: { DisplayName: "Batch" } },
    { bId: "b", Query: "select count(*) from Vendor" },
  ]);
  got.batch = batch.BatchItemResponse.map((one) => Object.keys(one).sort());
  console.log(JSON.stringify(got));
}

main();
