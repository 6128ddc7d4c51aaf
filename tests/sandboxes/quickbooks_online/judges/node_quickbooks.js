// node-quickbooks drives the stand-in; what it got is printed as JSON.

const QuickBooks = require("node-quickbooks");
const { promisify } = require("util");

const asked = JSON.parse(process.argv[2]);
QuickBooks.V3_ENDPOINT_BASE_URL = `${asked.root}/v3/company/`;
QuickBooks.TOKEN_URL = `${asked.root}/oauth2/v1/tokens/bearer`;
QuickBooks.REVOKE_URL = `${asked.root}/v2/oauth2/tokens/revoke`;

const qbo = new QuickBooks(
  asked.id,
  asked.secret,
  asked.token,
  false,
  asked.realm,
  true,
  false,
  75,
  "2.0",
  asked.refresh_token,
);

const call = (name, ...rest) => promisify(qbo[name].bind(qbo))(...rest);

async function refusal(name, ...rest) {
  try {
    await call(name, ...rest);
  } catch (error) {
    return (error.Fault || error.response.data.Fault).Error[0].code;
  }
  return null;
}

const spent = {
  Amount: 12.35,
  DetailType: "AccountBasedExpenseLineDetail",
  AccountBasedExpenseLineDetail: { AccountRef: { value: "7" } },
};

async function main() {
  const got = {};
  await call("refreshAccessToken");
  const vendor = await call("createVendor", { DisplayName: "O'Neil", requestId: "one" });
  const VendorRef = { value: vendor.Id };
  const found = await call("findVendors", [{ field: "DisplayName", value: "O'Neil" }]);
  got.found = found.QueryResponse.Vendor.map((one) => one.Id === vendor.Id);
  got.count = (await call("findVendors", { count: true })).QueryResponse.totalCount;
  const accounts = await call("findAccounts", { fetchAll: true });
  got.accounts = accounts.QueryResponse.Account.length;
  const order = await call("createPurchaseOrder", {
    VendorRef,
    APAccountRef: { value: "33" },
    Line: [spent],
  });
  got.order = [order.POStatus, order.TotalAmt];
  const bill = await call("createBill", { VendorRef, DocNumber: "A-1", Line: [spent] });
  got.duplicate = await refusal("createBill", { VendorRef, DocNumber: "A-1", Line: [spent] });
  const twin = await call("createBill", {
    VendorRef,
    DocNumber: "A-1",
    Line: [spent],
    allowDuplicateDocNum: true,
  });
  got.twin = twin.Id !== bill.Id;
  const seen = await call("updateBill", { ...twin, PrivateNote: "seen" });
  got.updated = [seen.SyncToken, seen.PrivateNote];
  got.deleted = (await call("deleteBill", seen)).Bill.status;
  const batch = await call("batch", [
    { bId: "a", operation: "create", Vendor: { DisplayName: "Batch" } },
    { bId: "b", operation: "create", Vendor: { DisplayName: "O'Neil" } },
  ]);
  got.batch = batch.BatchItemResponse.map((one) =>
    one.Fault ? one.Fault.Error[0].code : one.Vendor.DisplayName,
  );
  const changes = await call("changeDataCapture", ["Vendor", "Bill"], new Date(asked.since));
  got.captured = changes.CDCResponse[0].QueryResponse.map((one) => Object.keys(one)[0]);
  await call("revokeAccess", false);
  try {
    await call("findVendors", { count: true });
  } catch (error) {
    got.ended = (error.response || error).status || JSON.stringify(error);
  }
  console.log(JSON.stringify(got));
}

main();
